import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NODE_PHASES } from '#core/plan/types.ts';
import { DEPLOYMENT_COLUMNS } from '#core/results/deployment-columns.ts';
import {
  deploymentRow,
  type EngineNodeLife,
  readDeploymentRow,
  sharedNodeRow,
  withRelease,
} from '#core/results/deployment-row.ts';
import { arbitraryDeployments } from '#test/queries/arbitrary-results.ts';
import {
  failedSample,
  measuredSample,
  noNode,
  sampleCell,
  sampleDeployment,
  sampleNode,
  samplePrice,
} from './samples.ts';

const seconds = { launch: 90, pull: 240, load: 120, measure: 600, idle: 30, release: 0 };

const life: EngineNodeLife = {
  run: 'run-1',
  attempt: 1,
  node: sampleNode,
  price: samplePrice,
  launchedAt: '2026-01-31T10:00:00Z',
  releasedAt: null,
  seconds,
  downloads: { imageGiB: 9.5, weightsGiB: 13 },
  recordedAt: '2026-01-31T10:18:00Z',
  deployment: { ...sampleDeployment, cells: ['a', 'b', 'c', 'd'].map((id) => ({ ...sampleCell, id })) },
  rows: [
    measuredSample({ cell_id: 'a' }),
    measuredSample({ cell_id: 'b', valid: false }),
    failedSample({ cell_id: 'c', error_name: 'DeadlinePassed' }),
    measuredSample({ cell_id: 'of another deployment' }),
  ],
  failure: null,
};

describe("the row of a deployment's node", () => {
  it('has every column, and reads back from JSON as it was', () => {
    const row = deploymentRow(life);
    expect(Object.keys(row).sort()).toEqual(DEPLOYMENT_COLUMNS.map((column) => column.name).sort());
    expect(readDeploymentRow(JSON.parse(JSON.stringify(row)), 'a record')).toEqual(row);
  });

  it('counts its own cells, those without a row as failed', () => {
    expect(deploymentRow(life)).toMatchObject({
      status: 'PARTIAL',
      cells_asked: 4,
      cells_measured: 2,
      cells_valid: 1,
      cells_failed: 2,
      cells_cut: 1,
    });
  });

  it('costs price and fee for every second, also those in which nothing was measured', () => {
    const row = deploymentRow(life);
    expect(row.node_s).toBe(1080);
    expect(row.total_usd).toBeCloseTo((1080 / 3600) * (2.448 + 0.19), 12);
    expect(row.measure_usd).toBeCloseTo((600 / 3600) * (2.448 + 0.19), 12);
  });

  it('costs nothing when no node came', () => {
    const none = { launch: 0, pull: 0, load: 0, measure: 0, idle: 0, release: 0 };
    const failure = { error: 'NoCapacity', cause: 'No g5.8xlarge.' };
    expect(
      deploymentRow({ ...life, node: noNode, price: null, launchedAt: null, seconds: none, rows: [], failure }),
    ).toMatchObject({
      status: 'FAILED',
      error_name: 'NoCapacity',
      error_reason: 'No g5.8xlarge.',
      instance_id: null,
      capacity_type: null,
      total_usd: 0,
      price_usd_per_hour: null,
      region: 'us-east-1',
    });
  });

  it('has phases that add up to its total', () => {
    fc.assert(
      fc.property(arbitraryDeployments, (rows) => {
        for (const row of rows) {
          const sum = (unit: 's' | 'usd') => NODE_PHASES.reduce((total, phase) => total + row[`${phase}_${unit}`], 0);
          expect(sum('s')).toBeCloseTo(row.node_s, 6);
          expect(sum('usd')).toBeCloseTo(row.total_usd, 6);
        }
      }),
    );
  });
});

describe('the release of a node', () => {
  it('takes what is left of its life, from launch to proof of gone', () => {
    const row = withRelease(deploymentRow(life), '2026-01-31T10:20:00Z');
    expect(row).toMatchObject({ release_s: 120, node_s: 1200, released_at: '2026-01-31T10:20:00.000Z' });
    expect(row.total_usd).toBeCloseTo((1200 / 3600) * 2.638, 12);
    expect(row.release_usd).toBeCloseTo((120 / 3600) * 2.638, 12);
  });

  it('is recorded once', () => {
    const row = withRelease(deploymentRow(life), '2026-01-31T10:20:00Z');
    expect(withRelease(row, '2026-01-31T11:00:00Z')).toEqual(row);
  });

  it('is paid for each of several nodes', () => {
    const { deployment: _, rows: __, failure: ___, ...shared } = life;
    const node = { ...sampleNode, instanceId: 'i-1,i-2,i-3' };
    const row = withRelease(
      sharedNodeRow({ ...shared, node, role: 'load', instanceType: 'c7i.4xlarge', vcpus: 16 }),
      '2026-01-31T10:20:00Z',
    );
    expect(row).toMatchObject({ release_s: 3 * 120, node_s: 1080 + 3 * 120 });
    expect(row.total_usd).toBeCloseTo(((1080 + 360) / 3600) * 2.638, 12);
  });

  it('is nothing for a node that never came, and never less than nothing', () => {
    const none = deploymentRow({
      ...life,
      launchedAt: null,
      seconds: { ...seconds, launch: 0, pull: 0, load: 0, measure: 0, idle: 0 },
    });
    expect(withRelease(none, '2026-01-31T10:20:00Z')).toMatchObject({ release_s: 0, total_usd: 0 });
    expect(withRelease(deploymentRow(life), '2026-01-31T10:00:01Z').release_s).toBe(0);
  });
});

describe('the row of nodes that served every deployment', () => {
  it('has dollars and no cells', () => {
    const { deployment: _, rows: __, failure: ___, ...shared } = life;
    const row = sharedNodeRow({ ...shared, role: 'load', instanceType: 'c7i.2xlarge', vcpus: 8 });
    expect(row).toMatchObject({
      role: 'load',
      deployment_id: 'load',
      status: null,
      gpu_count: 0,
      cells_asked: 0,
      node_s: 1080,
    });
  });
});

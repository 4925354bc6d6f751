import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { readMatrix } from '#core/matrix/read.ts';
import { matrixJsonSchema } from '../../../scripts/generate-schema.ts';
import { mustRead, smallest } from './fixtures.ts';

const json = (path: string) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));

const validate = new Ajv({ allErrors: true, strict: true }).compile(matrixJsonSchema());

const examples = readdirSync(new URL('../../../examples', import.meta.url)).filter((name) => name.endsWith('.json'));

describe.each(examples)('examples/%s', (name) => {
  const document = json(`examples/${name}`);
  it('is a matrix', () => expect(readMatrix(document)).toMatchObject({ ok: true }));
  it('is what editors accept', () => expect(validate(document), JSON.stringify(validate.errors)).toBe(true));
  it('tells editors where the schema is', () => expect(document.$schema).toBe('../matrix.schema.json'));
});

it('is committed as it is generated', () => {
  expect(json('matrix.schema.json')).toEqual(matrixJsonSchema());
});

it('completes instance types, and describes every field', () => {
  const schema = matrixJsonSchema() as {
    properties: {
      matrix: { properties: Record<string, { description?: string; items: { anyOf?: { enum?: string[] }[] } }> };
    };
  };
  expect(schema.properties.matrix.properties.instanceType?.items.anyOf?.[0]?.enum).toContain('g5.48xlarge');
  for (const [field, { description }] of Object.entries(schema.properties.matrix.properties)) {
    expect(description, field).toMatch(/.{10}/);
  }
});

it('refuses in editors what the reader refuses for its shape', () => {
  const wrong: object[] = [
    { ...smallest(), name: 'Not This' },
    { ...smallest(), extra: 1 },
    { ...smallest(), budgetUsd: 0 },
    { ...smallest(), matrix: { instanceType: ['m7i.large'] } },
    { ...smallest(), matrix: { ...smallest().matrix, tensorParallel: [0] } },
    { ...smallest(), matrix: { ...smallest().matrix, include: [{}] } },
    { ...smallest(), matrix: { ...smallest().matrix, engineArguments: [['a\u0000b']] } },
    { ...smallest(), models: { '../x': { weightsGiB: 1 } } },
  ];
  for (const document of wrong) {
    expect(validate(document), JSON.stringify(document)).toBe(false);
    expect(readMatrix(document).ok, JSON.stringify(document)).toBe(false);
  }
});

it("has the predecessor's 24 cells, and g5.48xlarge with all its GPUs marked as unproven", () => {
  const { deployments, totalCells } = mustRead(json('examples/g5-gpt-oss-20b.json'));
  expect(totalCells).toBe(30);
  expect(
    deployments.map(({ instanceType, tensorParallel, cells }) => [
      instanceType,
      tensorParallel,
      cells.map(({ concurrency }) => concurrency),
    ]),
  ).toEqual(
    [
      ['g5.8xlarge', 1],
      ['g5.12xlarge', 4],
      ['g5.16xlarge', 1],
      ['g5.48xlarge', 4],
      ['g5.48xlarge', 8],
    ].map(([type, parallel]) => [type, parallel, [10, 20, 40, 80, 120, 200]]),
  );
  expect(deployments.at(-1)?.note).toMatch(/^unproven/);
});

it('has every field in the documentation', () => {
  const page = readFileSync(new URL('../../../docs/matrix.md', import.meta.url), 'utf8');
  type Node = { properties?: Record<string, Node> };
  const { properties = {} } = matrixJsonSchema() as Node;
  const axes = Object.keys(properties.matrix?.properties ?? {});
  const nested = ['cluster', 'load', 'slo', 'capacity'].flatMap((group) =>
    Object.keys(properties[group]?.properties ?? {}).map((field) => `${group}.${field}`),
  );
  const top = Object.keys(properties).filter(
    (field) => properties[field]?.properties === undefined && field !== '$schema',
  );
  for (const field of [...axes, ...nested, ...top, 'note']) expect(page, field).toContain(`\`${field}\``);
});

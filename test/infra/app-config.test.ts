import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { scheduledInput } from '#core/stack/schedule.ts';
import { appConfig } from '#infra/app-config.ts';
import { problemsOf } from '#infra/check-props.ts';
import { SMALL } from '#test/local/runtime/virtual-run.ts';
import { resourceOf, resourcesOf, synthesize } from './support/synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepbench-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILE = join(folder, 'stack.json');
function read(text: string, stackName?: unknown) {
  writeFileSync(FILE, text);
  return appConfig((key) => ({ config: FILE, stackName })[key]);
}
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });
const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,16}[a-z0-9])?$/);
/** Text that a template, a shell or Scheduler might take for something else; what Scheduler fills in is refused. */
const odd = fc.constantFrom('${AWS::Region}', '<aws.scheduler>', '"', "'; rm", 'größer 𐍈', '{{resolve:ssm:x}}');

const schedule = fc
  .record({
    name,
    expression: fc.constantFrom('cron(30 2 * * ? *)', 'rate(7 days)', 'at(2027-01-31T02:30:00)'),
    matrix: odd.map((text) => ({
      ...SMALL,
      defaults: { ...SMALL.defaults, engineArguments: ['--override-generation-config', text] },
    })),
  })
  .chain((must) =>
    some({
      timeZone: fc.constantFrom('UTC', 'Europe/Zurich', 'America/Argentina/Buenos_Aires'),
      retryAttempts: fc.integer({ min: 0, max: 185 }),
      retryForMinutes: fc.integer({ min: 1, max: 1440 }),
      enabled: fc.boolean(),
    }).map((may) => ({ ...must, ...may })),
  );

const config = some({
  clusterName: fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/),
  network: some({
    cidr: fc.constantFrom('10.0.0.0/16', '172.31.0.0/18', '192.168.16.0/20'),
    natGateways: fc.constantFrom(1, 3),
    interfaceEndpoints: fc.uniqueArray(fc.constantFrom('sts', 'eks', 'ecr.dkr')),
    flowLogs: fc.boolean(),
  }),
  results: some({
    retain: fc.boolean(),
    artifactTieringDays: fc.integer({ min: 1, max: 3650 }),
    oldVersionDays: fc.integer({ min: 1, max: 3650 }),
    scannedMegabytesLimit: fc.integer({ min: 10, max: 7_000_000 }),
  }),
  cluster: some({
    publicAccessCidrs: fc.uniqueArray(fc.constantFrom('203.0.113.0/24', '198.51.100.7/32'), { minLength: 1 }),
    huggingFaceSecret: fc.constant('arn:aws:secretsmanager:us-east-1:111122223333:secret:team/hf-AbCdEf'),
  }),
  logRetentionDays: fc.constantFrom(1, 7, 30, 90, 3653),
  emails: fc.uniqueArray(fc.constantFrom('a@example.com', 'b.c+d@example.org')),
  monthlyBudgetUsd: fc.oneof(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.01, max: 1e5, noNaN: true })),
  schedules: fc.uniqueArray(schedule, { selector: (one) => one.name, maxLength: 4 }),
});

describe('a configuration that is right', () => {
  it('is taken as it is, and nothing is wrong with it', () => {
    fc.assert(
      fc.property(config, (given) => {
        const taken = read(JSON.stringify(given), 'Bench');
        const { stackName, ...props } = taken;
        expect(stackName).toBe('Bench');
        expect(props).toEqual(JSON.parse(JSON.stringify(given)));
        expect(problemsOf(props)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is synthesized, with all that it asks for', () => {
    fc.assert(
      fc.property(config, (given) => {
        const { stackName: _, ...props } = read(JSON.stringify(given));
        const stack = synthesize(props);
        const made = resourcesOf(stack, 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
        expect(made).toHaveLength(props.schedules?.length ?? 0);
        for (const { name: of, matrix, enabled, timeZone, ...asked } of props.schedules ?? []) {
          const found = made.find(({ Name }) => Name === of);
          expect(found).toMatchObject({
            ScheduleExpression: asked.expression,
            ScheduleExpressionTimezone: timeZone ?? 'UTC',
            State: (enabled ?? true) ? 'ENABLED' : 'DISABLED',
            Target: {
              RetryPolicy: {
                MaximumRetryAttempts: asked.retryAttempts ?? 5,
                MaximumEventAgeInSeconds: (asked.retryForMinutes ?? 60) * 60,
              },
            },
          });
          // Delivered whole, with the one thing in it that Scheduler is to put in.
          expect(JSON.parse(found.Target.Input)).toEqual(scheduledInput(of, matrix));
        }
        const budgets = resourcesOf(stack, 'AWS::Budgets::Budget');
        expect(budgets).toHaveLength(props.monthlyBudgetUsd === undefined ? 0 : 1);
        for (const { Properties } of budgets) {
          expect(Properties.Budget).toMatchObject({
            BudgetType: 'COST',
            TimeUnit: 'MONTHLY',
            BudgetLimit: { Amount: props.monthlyBudgetUsd, Unit: 'USD' },
          });
          const told = Properties.NotificationsWithSubscribers.map(
            ({ Notification }: { Notification: Record<string, unknown> }) => [
              Notification.NotificationType,
              Notification.Threshold,
            ],
          );
          expect(told).toEqual([
            ['ACTUAL', 80],
            ['FORECASTED', 100],
          ]);
        }
        const subscriptions = resourcesOf(stack, 'AWS::SNS::Subscription').map(({ Properties }) => Properties.Endpoint);
        expect(subscriptions.sort()).toEqual((props.emails ?? []).toSorted());
        const { BytesScannedCutoffPerQuery } = resourceOf(stack, 'AWS::Athena::WorkGroup').Properties
          .WorkGroupConfiguration;
        expect(BytesScannedCutoffPerQuery).toBe((props.results?.scannedMegabytesLimit ?? 10_000) * 1e6);
        const kept = resourcesOf(stack, 'AWS::S3::Bucket').find(({ id }) => id.includes('Results'))?.DeletionPolicy;
        expect(kept?.startsWith('Retain')).toBe(props.results?.retain ?? true);
      }),
      { numRuns: 4 },
    );
  }, 120_000);
});

describe('a configuration that is wrong', () => {
  /** A path, and what a file with that mistake has. */
  const WRONG: Record<string, unknown> = {
    clusterName: { clusterName: 7 },
    'network.natGateways': { network: { natGateways: 2 } },
    'network.availabilityZones.1': { network: { availabilityZones: ['a', 3, 'c'] } },
    'results.retain': { results: { retain: 'yes' } },
    'cluster.publicAccessCidrs': { cluster: { publicAccessCidrs: '203.0.113.0/24' } },
    'emails.0': { emails: [{}] },
    monthlyBudgetUsd: { monthlyBudgetUsd: '500' },
    'schedules.0.expression': { schedules: [{ name: 'n', matrix: SMALL }] },
    vpcId: { vpcId: 'vpc-1' },
  };

  it('is told with every mistake, each by its path, and with its file', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...Object.keys(WRONG)), { minLength: 1 }), (paths) => {
        const file: Record<string, Record<string, unknown>> = {};
        for (const path of paths) {
          for (const [key, value] of Object.entries(WRONG[path] as Record<string, Record<string, unknown>>)) {
            file[key] = typeof value === 'object' && !Array.isArray(value) ? { ...file[key], ...value } : value;
          }
        }
        const message = refusal(() => read(JSON.stringify(file)));
        expect(message).toContain(FILE);
        const lines = message.split('\n').slice(1);
        expect(lines).toHaveLength(paths.length);
        for (const path of paths) expect(lines.some((line) => line.includes(path))).toBe(true);
        // A path alone says nothing: each line says what is wrong there.
        for (const line of lines) expect(line).not.toMatch(/: (Invalid input)?$/);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['{"clusterName": ', 'is not JSON'],
    ['', 'is not JSON'],
    ['[]', '(file)'],
    ['"bench"', '(file)'],
  ])('is told with its file: %j', (text, said) => {
    const message = refusal(() => read(text));
    expect(message).toContain(FILE);
    expect(message).toContain(said);
  });

  it('that is not there is named', () => {
    const message = refusal(() => appConfig((key) => (key === 'config' ? join(folder, 'no.json') : undefined)));
    expect(message).toContain('no.json');
    expect(message).toContain('cannot be read');
  });

  it.each(['1bench', 'my stack', 'a_b', '', 'x'.repeat(129)])('names no stack %j', (stackName) => {
    expect(refusal(() => read('{}', stackName))).toMatch(/stackName/);
  });
});

/**
 * What orchestrating one run costs beside its GPUs, and what a stack costs that nobody uses. The run is the example
 * matrix in virtual time, from no cluster to proof of gone. Counted in it: transitions, calls, requests to S3,
 * statements, events. Measured here: what a call writes to its log. Assumed: how long calls take, below.
 * Usage: npm run bench bench/orchestration-price.ts [MATRIX].
 */
import { readFileSync } from 'node:fs';
import { lambdaHandler } from '#aws/lambda/handler.ts';
import { type CostLine, idleStack, lineUsd, totalUsd } from '#core/pricing/idle-stack.ts';
import { quote, usdPerHour } from '#core/pricing/quote.ts';
import { type RateName, SERVICE_RATES } from '#core/pricing/service-rates.ts';
import { HOURS_A_MONTH } from '#core/pricing/standing.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { orchestrate } from './orchestration/run.ts';

/** Of a call: AWS and the Kubernetes API answer within some 50 ms, and most tasks ask a handful of times. */
const LIGHT_SECONDS = 0.3;
/** Of those with a whole vCPU: they read files of thousands of requests, or write tables. */
const HEAVY_SECONDS = 1;
/** The first call of each function pays for loading it, too; longer than any bundle took in bench/bundles.ts. */
const COLD_SECONDS = 0.6;
/** Lambda's own lines of a call in JSON: platform.start, platform.runtimeDone, platform.report. */
const PLATFORM_LOG_BYTES = 1200;
const ATHENA_LEAST_TB = 10 / 1e6;
/** Of each function: Duration, Errors (aws/lambda/handler.ts). */
const METRICS_A_FUNCTION = 2;
/** Of Notify: runs, runs failed, cells, GPU hours, dollars. */
const METRICS_A_RUN = 5;
const HEAVY_MB = 1769;

async function logBytesOfCall(): Promise<number> {
  let bytes = 0;
  const write = process.stdout.write;
  process.env.POWERTOOLS_SERVICE_NAME = 'StepBench';
  process.stdout.write = ((chunk: unknown) => {
    bytes += Buffer.byteLength(String(chunk)) + 26;
    return true;
  }) as typeof write;
  try {
    const event = { run: 'g5-gpt-oss-20b-1124-112456', deployment: 'abcdef012345', cell: '0123456789ab', attempt: 1 };
    await lambdaHandler('CheckJob', async () => ({ status: 'running' }))(event, {
      awsRequestId: '00000000-0000-0000-0000-000000000000',
    });
  } finally {
    process.stdout.write = write;
  }
  return bytes + PLATFORM_LOG_BYTES;
}

const file = process.argv[2] ?? 'examples/g5-gpt-oss-20b.json';
const matrix = JSON.parse(readFileSync(file, 'utf8'));
const run = await orchestrate(matrix);
const callLogBytes = await logBytesOfCall();

const calls = [...run.calls].map(([name, count]) => ({ name, count, memoryGb: FUNCTIONS[name].memoryMb / 1024 }));
const callCount = calls.reduce((sum, { count }) => sum + count, 0);
const gbSeconds = calls.reduce((sum, { count, memoryGb, name }) => {
  const seconds = FUNCTIONS[name].memoryMb >= HEAVY_MB ? HEAVY_SECONDS : LIGHT_SECONDS;
  return sum + memoryGb * (count * seconds + COLD_SECONDS);
}, 0);
// A metric costs by the hours in which it is written.
const hours = Math.ceil(run.seconds / 3600);
const metricMonths = ((calls.length * METRICS_A_FUNCTION + METRICS_A_RUN) * hours) / HOURS_A_MONTH;

const ofRun: CostLine[] = [
  { what: 'state transitions', count: run.transitions, rate: 'transition', how: 'counted' },
  { what: 'Lambda, GB-seconds', count: gbSeconds, rate: 'lambdaGbSecond', how: 'calls counted, seconds assumed' },
  { what: 'Lambda, requests', count: callCount, rate: 'lambdaRequest', how: 'counted' },
  { what: 'Athena, TB', count: run.statements.questions * ATHENA_LEAST_TB, rate: 'athenaTb', how: '10 MB a question' },
  { what: 'S3, PUT and LIST', count: run.store.puts + run.store.lists, rate: 's3Put', how: 'counted' },
  { what: 'S3, GET', count: run.store.gets, rate: 's3Get', how: 'counted' },
  {
    what: 'logs, GB',
    count: (run.logBytes + callCount * callLogBytes) / 1e9,
    rate: 'logsGb',
    how: `events counted; ${callLogBytes} bytes a call, ${PLATFORM_LOG_BYTES} of them assumed`,
  },
  { what: 'metrics, months', count: metricMonths, rate: 'metric', how: `${hours} h of them` },
];

/** Without the exponent of small numbers, and without zeros at the end. */
const price = (rate: RateName): string => `$${SERVICE_RATES[rate].usd.toFixed(10).replace(/\.?0+$/, '')}`;

function print(title: string, lines: readonly CostLine[]): void {
  console.log(`\n${title}`);
  for (const line of lines) {
    const { per, source, asOf } = SERVICE_RATES[line.rate];
    const count = line.count >= 10 ? line.count.toFixed(0) : line.count.toPrecision(2);
    console.log(
      `${line.what.padEnd(22)}${count.padStart(7)}  $${lineUsd(line).toFixed(4).padStart(8)}  ${line.how}\n` +
        `${' '.repeat(12)}${price(line.rate)} per ${per}: ${source}, ${asOf}`,
    );
  }
  console.log(`${'together'.padEnd(31)}$${totalUsd(lines).toFixed(4).padStart(8)}`);
}

const region = 'us-east-1';
const gpuUsd = run.nodes.reduce(
  (sum, { instanceType, seconds }) =>
    sum + (seconds / 3600) * usdPerHour(quote({ instanceType, region, capacityType: 'on-demand' })),
  0,
);
const { source } = quote({ instanceType: 'g5.8xlarge', region, capacityType: 'on-demand' });
const share = totalUsd(ofRun) / gpuUsd;

print(`Orchestrating one run of ${file}: ${run.cells} cells, ${(run.seconds / 60).toFixed(0)} min`, ofRun);
console.log(`GPU nodes in the same run: ${run.gpuSeconds.toFixed(0)} s, $${gpuUsd.toFixed(2)}`);
console.log(`(${source}, with EKS's Auto Mode fee)`);
console.log(`orchestration is ${(100 * share).toFixed(2)} % of that`);
print('A stack that nobody uses, a month', idleStack());
console.log(`and a cluster that is kept: $${(HOURS_A_MONTH * SERVICE_RATES.controlPlaneHour.usd).toFixed(2)} a month`);
console.log('Left out: KMS requests (bucket keys), X-Ray traces, SNS, storage, and what AWS gives for free.');

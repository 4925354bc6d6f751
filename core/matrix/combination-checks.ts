import { hidesTokensFromGenaiPerf } from '../generators/tokenizer.ts';
import { MAX_CELLS_PER_DEPLOYMENT, MAX_DEPLOYMENTS } from '../plan/history.ts';
import type { Axis, AxisValues } from './axes.ts';
import { maxModelLength, stretchesContext } from './engine-arguments.ts';
import type { Finding } from './findings.ts';
import { knownContextTokens } from './models.ts';
import { type Problem, show } from './problems.ts';
import { MOST_REQUESTS } from './schema.ts';
import type { MatrixDeployment } from './types.ts';

export const missing = (path: string, axis: Axis): Finding => ({
  code: 'missing',
  path,
  value: undefined,
  subject: '',
  message: () => `there is no ${axis}, and it has no default`,
  instead: () =>
    axis === 'concurrency'
      ? '"concurrency", such as [10, 20, 40], or "requestRate"'
      : `"${axis}" in the matrix, in this entry, or in "defaults"`,
});

export const ambiguousLoad = (path: string, requestRate: number): Finding => ({
  code: 'ambiguous-load',
  path,
  value: requestRate,
  subject: '',
  message: () => 'a load has either a concurrency or a request rate, and this combination has both',
  instead: () => 'one of them; the other kind of load can come by "include"',
});

/** Both would have the same id: their rows could not be told apart. */
export const capacityTypeTwice = (path: string, { capacityType, instanceType }: AxisValues): Finding => ({
  code: 'capacity-type-twice',
  path,
  value: capacityType,
  subject: instanceType,
  message: (types) => `${types} would be measured twice as the same deployment: how a node is bought changes no result`,
  instead: () => `one capacity type, and "capacity": {"fallback": [${show(capacityType)}]}`,
});

export const duplicateCell = (path: string): Finding => ({
  code: 'duplicate-cell',
  path,
  value: undefined,
  subject: '',
  message: () => 'asks for a cell that the matrix has already',
  instead: () => 'each cell once; "repeats" measures all cells several times',
});

export const idCollision = (path: string, id: string): Finding => ({
  code: 'id-collision',
  path,
  value: undefined,
  subject: id,
  message: (ids) => `two different parts of the matrix have the same id ${ids}, by a chance of one in many millions`,
  instead: () => 'any small change of one of them, such as another "shmGiB" or "islStddev"',
});

/** A load that its requests cannot build up, or that no one can wait for. */
export function checkRequests(
  { concurrency, requestRate }: Partial<Pick<AxisValues, 'concurrency' | 'requestRate'>>,
  requestCount: number,
  loadPath: () => string,
): Finding[] {
  const findings: Finding[] = [];
  if (concurrency !== undefined && requestCount < concurrency) {
    findings.push({
      code: 'too-few-requests',
      path: 'load.requestCount',
      value: requestCount,
      subject: String(concurrency),
      figure: concurrency,
      message: (concurrencies) => `fewer requests than concurrency ${concurrencies} keeps in flight`,
      instead: (concurrencies) => `at least ${Math.max(...concurrencies)}, or "requestsPerConcurrency"`,
    });
  }
  if (requestCount > MOST_REQUESTS) {
    findings.push({
      code: 'too-many-requests',
      path: loadPath(),
      value: concurrency ?? requestRate,
      subject: String(requestCount),
      message: (requests) => `${requests} requests in one cell, more than ${MOST_REQUESTS}`,
      instead: () => 'a smaller value, or a smaller "requestsPerConcurrency" or "openLoadSeconds" in "load"',
    });
  }
  return findings;
}

export interface Context {
  tokens: number;
  /** What has so many of them. */
  of: string;
}

/** What an engine that is started here can hold of one request, if anybody knows: asked once a deployment. */
export function contextOf({
  engine,
  model,
  engineArguments,
}: Pick<AxisValues, 'engine' | 'model' | 'engineArguments'>): Context | undefined {
  if (engine === 'endpoint') return undefined;
  const given = maxModelLength(engineArguments);
  const known = stretchesContext(engineArguments) ? undefined : knownContextTokens(model);
  if (given !== undefined && given < (known ?? Number.POSITIVE_INFINITY))
    return { tokens: given, of: '--max-model-len' };
  return known === undefined ? undefined : { tokens: known, of: `the context of ${model}` };
}

/** Every request of such a cell would be refused, on a node that is paid for. Mean lengths: a spread goes beyond. */
export function checkContext(
  values: Pick<AxisValues, 'isl' | 'osl'>,
  context: Context | undefined,
  origin: (axis: Axis) => string,
): Finding[] {
  const { isl, osl } = values;
  if (context === undefined || isl + osl <= context.tokens) return [];
  // Whichever is larger is to blame.
  const [axis, other] = isl >= osl ? (['isl', osl] as const) : (['osl', isl] as const);
  const left = context.tokens - other;
  const isGiven = context.of === '--max-model-len';
  return [
    {
      code: 'context-too-short',
      path: origin(axis),
      value: values[axis],
      subject: '',
      figure: left,
      message: () => `${isl} + ${osl} tokens (isl + osl) are more than ${context.of} holds: ${context.tokens}`,
      instead: (all) => {
        const most = Math.min(...all);
        const shorter = most > 0 ? `at most ${most}` : 'a smaller one, and of "isl" and "osl" both';
        return isGiven ? `${shorter}, or a larger --max-model-len` : shorter;
      },
    },
  ];
}

/** What the generator that was asked for would measure wrongly. */
export const checkGenerator = (
  { model, endpoint }: Pick<AxisValues, 'model' | 'endpoint'>,
  asked: string,
): Finding[] =>
  asked === 'genai-perf' && hidesTokensFromGenaiPerf(model, endpoint)
    ? [
        {
          code: 'unknown-value',
          path: 'load.generator',
          value: asked,
          subject: model,
          message: (models) =>
            `genai-perf does not see what ${models} says in reasoning_content, so tokens would be missing`,
          instead: () => '"aiperf" or "auto", or "endpoint": "completions"',
        },
      ]
    : [];

/** What one execution, and one map over executions, can hold. */
export function overLimits(deployments: readonly MatrixDeployment[], repeats: number): Problem[] {
  const problems: Problem[] = [];
  const largest = deployments.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  if (largest > MAX_CELLS_PER_DEPLOYMENT) {
    const byRepeats = repeats > 1 && largest / repeats <= MAX_CELLS_PER_DEPLOYMENT;
    problems.push({
      code: 'too-many-cells',
      path: byRepeats ? 'repeats' : 'matrix',
      value: byRepeats ? repeats : undefined,
      message: `${largest} cells on one deployment: the history of its execution holds ${MAX_CELLS_PER_DEPLOYMENT}`,
      instead: byRepeats
        ? `at most ${Math.floor((MAX_CELLS_PER_DEPLOYMENT * repeats) / largest)}`
        : 'fewer load points, or several matrices',
    });
  }
  if (deployments.length > MAX_DEPLOYMENTS) {
    problems.push({
      code: 'too-many-deployments',
      path: 'matrix',
      value: undefined,
      message: `${deployments.length} deployments, more than the ${MAX_DEPLOYMENTS} that one map can start`,
      instead: 'several matrices',
    });
  }
  return problems;
}

import { RUN_ID } from '../cluster/names.ts';
import { ErrorName, StepBenchError } from '../workflow/errors.ts';

/**
 * Every key of the store is built and parsed here.
 *
 *   runs/<run>/plan.json                                        the expanded plan
 *   runs/<run>/lease.json                                       who works on the run, until when
 *   runs/<run>/deployments.json                                 items of the map over deployments
 *   runs/<run>/plan/<deployment>.json                           one deployment with its cells
 *   runs/<run>/artifacts/<deployment>/<cell>/<attempt>/<file>   as the load generator wrote them
 *   runs/<run>/rows/<cell>.json                                 the cell's row, the moment it ends
 *   runs/<run>/deployments/<deployment>/<attempt>.json          phases and dollars of one node
 *   runs/<run>/deployments/load/<attempt>.nodes.json            load generators' nodes, as they were seen
 *   runs/<run>/purchases/<deployment>/<attempt>.json            that nodes may be bought, written before they can be
 *   runs/<run>/counted/<attempt>.json                         that the dashboard's sums have this execution
 *   runs/<run>/told/<attempt>.json                            that somebody was told how this execution ended
 *   runs/<run>/finalized/<deployment>.json                      which rows its Parquet file holds
 *   runs/<run>/answers/<question>.json                          what the queries answered
 *   runs/<run>/report.html
 *   runs/<run>/cells.csv, cells.json                            the rows, beside the report that links to them
 *   runs/<run>/summary.json                                     of the report: what the index is made of
 *   runs/index.html                                             the reports of all runs
 *   leases/open/<run>.<attempt>.json                           that the lease may be open; written before it is taken
 *   leases/clusters/<cluster>.json                             where runs have worked
 *   leases/scanned/<day>.json                                  that every lease was read that day, and the above is whole
 *   results/<table>/dt=<day of the plan>/<run>.<deployment>.parquet
 *
 * Ids have no dot: it parts run and deployment in a file's name.
 */
export type TableName = 'cells' | 'deployments';

export type Key =
  | { kind: 'index' }
  | { kind: RootFile; run: string }
  | { kind: 'deployment-plan' | 'finalized'; run: string; deployment: string }
  | { kind: 'artifact'; run: string; deployment: string; cell: string; attempt: number; file: string }
  | { kind: 'row'; run: string; cell: string }
  | { kind: 'deployment-record' | 'purchase'; run: string; deployment: string; attempt: number }
  | { kind: 'counted' | 'told' | 'open-lease' | 'load-nodes'; run: string; attempt: number }
  | { kind: 'lease-cluster'; cluster: string }
  | { kind: 'lease-scan'; day: string }
  | { kind: 'answer'; run: string; question: string }
  | { kind: 'results'; table: TableName; day: string; run: string; deployment: string };

type RootFile = 'plan' | 'lease' | 'deployment-items' | 'report' | 'summary' | 'cells-csv' | 'cells-json';

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ATTEMPT = /^[1-9]\d{0,8}$/;
/** EKS's rule. */
const CLUSTER = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** @throws StepBenchError InvalidMatrix when a part could not be read back from the key. */
export function keyOf(key: Key): string {
  const text = join(key);
  if (parseKey(text) === undefined) {
    throw new StepBenchError(ErrorName.InvalidMatrix, `${JSON.stringify(key)} makes no key of the store.`, {
      nextStep: 'Run ids have up to 32 of a-z, 0-9 and -, other ids letters, digits, _ and -.',
    });
  }
  return text;
}

function join(key: Key): string {
  if (key.kind === 'results') return `${resultsPrefix(key)}${key.deployment}.parquet`;
  if (key.kind === 'index') return INDEX;
  if (key.kind === 'open-lease') return `${LEASES}open/${key.run}.${key.attempt}.json`;
  if (key.kind === 'lease-cluster') return `${LEASES}clusters/${key.cluster}.json`;
  if (key.kind === 'lease-scan') return `${LEASES}scanned/${key.day}.json`;
  const run = runPrefix(key.run);
  switch (key.kind) {
    case 'plan':
    case 'lease':
    case 'summary':
      return `${run}${key.kind}.json`;
    case 'deployment-items':
      return `${run}deployments.json`;
    case 'report':
      return `${run}report.html`;
    case 'cells-csv':
      return `${run}cells.csv`;
    case 'cells-json':
      return `${run}cells.json`;
    case 'deployment-plan':
      return `${run}plan/${key.deployment}.json`;
    case 'finalized':
      return `${run}finalized/${key.deployment}.json`;
    case 'artifact':
      return `${artifactsPrefix(key)}${key.file}`;
    case 'row':
      return `${rowsPrefix(key.run)}${key.cell}.json`;
    case 'deployment-record':
      return `${recordsPrefix(key.run)}${key.deployment}/${key.attempt}.json`;
    case 'load-nodes':
      return `${recordsPrefix(key.run)}${LOAD_NODES[0]}/${key.attempt}${LOAD_NODES[1]}`;
    case 'purchase':
      return `${purchasesPrefix(key.run)}${key.deployment}/${key.attempt}.json`;
    case 'counted':
    case 'told':
      return `${run}${key.kind}/${key.attempt}.json`;
    case 'answer':
      return `${run}answers/${key.question}.json`;
  }
}

const INDEX = 'runs/index.html';

/** Beside the record of these nodes, so that whoever writes that may write this. */
const LOAD_NODES = ['load', '.nodes.json'] as const;

/** One listing of it tells what the janitor has to look after, whatever else the bucket has. */
export const LEASES = 'leases/';

export const runPrefix = (run: string): string => `runs/${run}/`;
export const rowsPrefix = (run: string): string => `${runPrefix(run)}rows/`;
export const recordsPrefix = (run: string): string => `${runPrefix(run)}deployments/`;
export const purchasesPrefix = (run: string): string => `${runPrefix(run)}purchases/`;
export const tablePrefix = (table: TableName): string => `results/${table}/`;

/** Of a run's files of one table. */
export const resultsPrefix = (of: { table: TableName; day: string; run: string }): string =>
  `${tablePrefix(of.table)}dt=${of.day}/${of.run}.`;

/** Where one attempt at a cell leaves its files; a fresh one each time, since generators keep stale files. */
export const artifactsPrefix = (of: { run: string; deployment: string; cell: string; attempt: number }): string =>
  `${runPrefix(of.run)}artifacts/${of.deployment}/${of.cell}/${of.attempt}/`;

/** The day of an ISO time, UTC. */
export const dayOf = (iso: string): string => new Date(iso).toISOString().slice(0, 10);

/** What a key is of; undefined for one that is not ours. */
export function parseKey(key: string): Key | undefined {
  const [root, ...rest] = key.split('/');
  if (key === INDEX) return { kind: 'index' };
  if (root === 'results') return parseResults(rest);
  if (root === 'leases') return parseLeases(rest);
  if (root !== 'runs') return undefined;
  const [run = '', ...path] = rest;
  return RUN_ID.test(run) ? parseOfRun(run, path) : undefined;
}

function parseOfRun(run: string, path: readonly string[]): Key | undefined {
  const [folder, ...rest] = path;
  if (rest.length === 0) {
    const kind = ROOT_FILES.get(folder ?? '');
    return kind && { kind, run };
  }
  if (folder === 'artifacts') return parseArtifact(run, rest);
  if (folder === 'deployments') return parseLoadNodes(run, rest) ?? parseRecord('deployment-record', run, rest);
  if (folder === 'purchases') return parseRecord('purchase', run, rest);
  const name = rest.length === 1 ? idOf(rest[0], '.json') : undefined;
  if (name === undefined) return undefined;
  if (folder === 'counted' || folder === 'told') {
    return ATTEMPT.test(name) ? { kind: folder, run, attempt: Number(name) } : undefined;
  }
  if (folder === 'plan') return { kind: 'deployment-plan', run, deployment: name };
  if (folder === 'finalized') return { kind: 'finalized', run, deployment: name };
  if (folder === 'rows') return { kind: 'row', run, cell: name };
  if (folder === 'answers') return { kind: 'answer', run, question: name };
  return undefined;
}

const ROOT_FILES = new Map<string, RootFile>([
  ['plan.json', 'plan'],
  ['lease.json', 'lease'],
  ['deployments.json', 'deployment-items'],
  ['report.html', 'report'],
  ['summary.json', 'summary'],
  ['cells.csv', 'cells-csv'],
  ['cells.json', 'cells-json'],
]);

function parseArtifact(run: string, [deployment = '', cell = '', attempt = '', ...file]: string[]): Key | undefined {
  if (!ID.test(deployment) || !ID.test(cell) || !ATTEMPT.test(attempt)) return undefined;
  if (file.length === 0 || file.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return { kind: 'artifact', run, deployment, cell, attempt: Number(attempt), file: file.join('/') };
}

function parseRecord(
  kind: 'deployment-record' | 'purchase',
  run: string,
  [deployment = '', file, ...more]: string[],
): Key | undefined {
  const attempt = idOf(file, '.json');
  if (!ID.test(deployment) || attempt === undefined || !ATTEMPT.test(attempt) || more.length > 0) return undefined;
  return { kind, run, deployment, attempt: Number(attempt) };
}

function parseLoadNodes(run: string, [folder, file, ...more]: string[]): Key | undefined {
  const attempt = file?.endsWith(LOAD_NODES[1]) ? file.slice(0, -LOAD_NODES[1].length) : '';
  if (folder !== LOAD_NODES[0] || !ATTEMPT.test(attempt) || more.length > 0) return undefined;
  return { kind: 'load-nodes', run, attempt: Number(attempt) };
}

function parseLeases([folder, file, ...more]: string[]): Key | undefined {
  if (file === undefined || !file.endsWith('.json') || more.length > 0) return undefined;
  const name = file.slice(0, -'.json'.length);
  if (folder === 'clusters') return CLUSTER.test(name) ? { kind: 'lease-cluster', cluster: name } : undefined;
  if (folder === 'scanned') return DAY.test(name) ? { kind: 'lease-scan', day: name } : undefined;
  const [run = '', attempt = '', ...dots] = name.split('.');
  if (folder !== 'open' || !RUN_ID.test(run) || !ATTEMPT.test(attempt) || dots.length > 0) return undefined;
  return { kind: 'open-lease', run, attempt: Number(attempt) };
}

function parseResults([table, partition = '', file = '', ...more]: string[]): Key | undefined {
  if ((table !== 'cells' && table !== 'deployments') || more.length > 0) return undefined;
  const day = partition.startsWith('dt=') ? partition.slice(3) : '';
  const [run = '', deployment = '', extension, ...dots] = file.split('.');
  if (!DAY.test(day) || !RUN_ID.test(run) || !ID.test(deployment)) return undefined;
  if (extension !== 'parquet' || dots.length > 0) return undefined;
  return { kind: 'results', table, day, run, deployment };
}

function idOf(file: string | undefined, extension: string): string | undefined {
  if (file === undefined || !file.endsWith(extension)) return undefined;
  const id = file.slice(0, -extension.length);
  return ID.test(id) ? id : undefined;
}

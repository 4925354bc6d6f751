import type { GeneratorName } from '#core/plan/types.ts';
import type { StackPorts } from '#core/ports/stack.ts';
import type { QueryFile } from '#core/results/query-file.ts';
import type { AskEndpoint } from '#local/endpoint/ask.ts';
import type { GeneratorChoice } from '#local/generators/choose-generator.ts';
import type { Rehearse, StartLocalRun } from '#local/runtime/contract.ts';
import type { Check } from './doctor/check.ts';
import type { Results } from './results/results.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What the commands need of the world; tests give them another one. */
export interface Cli {
  /** What was asked for: an answer, as text, JSON or CSV. */
  readonly stdout: Terminal;
  /** Everything else. */
  readonly stderr: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the code, where it stands in a clone. */
  commit(): string | undefined;
  nowMs(): number;
  /** Calls back at every Ctrl-C (SIGINT), SIGTERM and SIGHUP, until the returned function is called. */
  onInterrupt(listener: (signal: string) => void): () => void;
  /** Calls back again and again, until the returned function is called. */
  every(milliseconds: number, callback: () => void): () => void;
  /** @throws StepBenchError when it cannot run on this machine. */
  readonly chooseGenerator: (asked: 'auto' | GeneratorName) => GeneratorChoice;
  readonly startLocalRun: StartLocalRun;
  readonly rehearse: Rehearse;
  readonly askEndpoint: AskEndpoint;
  /** @throws CliError when there is no store, or none of this version. */
  openResults(storeDir: string): Promise<Results>;
  questions(): readonly QueryFile[];
  /** Shows a file in the person's browser. @throws CliError when this machine has no way to. */
  openFile(path: string): Promise<void>;
  readonly checks: (storeDir: string) => readonly (() => Promise<readonly Check[]>)[];
  /** Loads the SDK, which takes a while: only what needs AWS does. @throws AwsError */
  readonly connectStack: (region: string | undefined) => Promise<StackPorts>;
  pause(milliseconds: number): Promise<void>;
  /** Whether the person says yes; undefined when there is nobody to ask. */
  confirm(question: string): Promise<boolean | undefined>;
  /**
   * The cdk command of this project, with these arguments as they are. What it says goes to stderr.
   * @returns its exit code.
   */
  runCdk(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number>;
  writeFile(path: string, content: Uint8Array): Promise<void>;
}

const DEFAULT_STORE = '.stepbench';

/** The store's folder: as asked for, as the environment has it, or in the current folder. */
export const storeDirOf = ({ env }: Pick<Cli, 'env'>, asked: string | undefined): string =>
  asked ?? (env.STEPBENCH_STORE || DEFAULT_STORE);

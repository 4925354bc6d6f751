/** What a kubelet and the supervisor of one of its containers say to each other, a JSON line each. */

/** The first line that a supervisor reads. */
export interface Order {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  logFile: string;
  /** Of the MARK variable. */
  mark: string;
  /** Epoch ms at which the container is killed, whoever forgot it. */
  deadlineMs: number;
}

/** Every later line. */
export interface StopOrder {
  stop: { graceMs: number };
}

export type Report =
  | { started: number }
  | { listening: number }
  | { failed: string }
  | { exited: { code: number | null; signal: NodeJS.Signals | null; pastDeadline: boolean } };

/** Splits what arrives in pieces into lines; an overlong line without an end is given up. */
export function byLine(onLine: (line: string) => void): (chunk: Uint8Array) => void {
  let rest = '';
  const decoder = new TextDecoder();
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    if (rest.length > 1024 * 1024) rest = '';
    for (const line of lines) onLine(line);
  };
}

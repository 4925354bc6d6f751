import type { RunStatusView } from './views.ts';

/** A function may answer with 6 MB; what is read on a terminal is long past reading at this. */
export const MOST_BYTES = 200_000;

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).byteLength;

/** The view, with the oldest left out until it fits: lines of logs first, then events, pods and nodes. */
export function withinBytes(view: RunStatusView, most = MOST_BYTES): RunStatusView {
  let fitting = view;
  while (bytesOf(fitting) > most) {
    const longest = Math.max(0, ...fitting.logs.map(({ text }) => text.length));
    const half = <T>(list: readonly T[]): T[] => list.slice(0, Math.floor(list.length / 2));
    if (longest > 0) {
      const keep = Math.floor(longest / 2);
      const logs = fitting.logs.map((log) => ({ ...log, text: keep === 0 ? '' : log.text.slice(-keep) }));
      fitting = { ...fitting, cut: true, logs };
    } else if (fitting.events.length > 0) fitting = { ...fitting, cut: true, events: half(fitting.events) };
    else if (fitting.pods.length > 0) fitting = { ...fitting, cut: true, pods: half(fitting.pods), logs: [] };
    else fitting = { ...fitting, cut: true, nodes: half(fitting.nodes) };
  }
  return fitting;
}

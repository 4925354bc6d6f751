import type { RunStatusView } from '#lambdas/status/views.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, printable, wrapped } from '../terminal/printable.ts';
import { duration } from './format.ts';
import { table } from './table.ts';

interface Look {
  nowMs: number;
  width: number;
  paint: Paint;
}

/** What stands of a run in its cluster: nodes, pods, events and the ends of logs. */
export function statusLines(view: RunStatusView, look: Look): string[] {
  const { run, cluster, deadline, releasedAt, nodes, pods, events, logs, cut } = view;
  const age = (iso: string) => (Number.isNaN(Date.parse(iso)) ? '' : duration((look.nowMs - Date.parse(iso)) / 1000));
  const state =
    releasedAt === null
      ? `everything of it is gone by ${oneLine(deadline)} at the latest`
      : `everything of it was proven gone at ${oneLine(releasedAt)}`;
  const none = nodes.length + pods.length + events.length + logs.length === 0;
  return [
    ...wrapped(`Run ${oneLine(run)} in cluster ${oneLine(cluster)}: ${state}.`, look.width),
    ...(none ? ['Nothing of it is in the cluster.'] : []),
    ...part('Nodes', nodes.length, look, () =>
      table(
        [
          { title: 'node' },
          { title: 'type' },
          { title: 'capacity', spare: 2 },
          { title: 'zone', spare: 3 },
          { title: 'ready' },
          { title: 'age', align: 'right', spare: 1 },
        ],
        nodes.map((node) => [
          node.name,
          node.instanceType,
          node.capacityType,
          node.zone,
          node.ready ? { text: 'yes', style: 'green' as const } : { text: 'no', style: 'yellow' as const },
          age(node.createdAt),
        ]),
        look,
      ),
    ),
    ...part('Pods', pods.length, look, () =>
      table(
        [
          { title: 'pod' },
          { title: 'role', spare: 3 },
          { title: 'phase' },
          { title: 'containers', spare: 2 },
          { title: 'age', align: 'right', spare: 4 },
          { title: 'trouble', spare: 1 },
        ],
        pods.map((pod) => [
          pod.name,
          pod.role,
          pod.phase,
          pod.containers.join(', '),
          age(pod.createdAt),
          pod.trouble === '' ? '' : { text: oneLine(pod.trouble), style: 'red' as const },
        ]),
        look,
      ),
    ),
    ...part('Events, the latest first', events.length, look, () =>
      events.flatMap((event) => {
        const times = event.count > 1 ? ` (${event.count} times)` : '';
        const text = `${age(event.lastSeenAt)} ago ${event.about} ${event.reason}${times}: ${event.message}`;
        const lines = wrapped(oneLine(text), look.width);
        return event.type === 'Warning' ? lines.map((line) => look.paint('yellow', line)) : lines;
      }),
    ),
    ...logs.flatMap(({ pod, container, text }) =>
      part(`Log of ${oneLine(pod)}, ${oneLine(container)}`, 1, look, () =>
        text.trim() === '' ? [look.paint('dim', 'empty')] : text.trimEnd().split('\n').map(printable),
      ),
    ),
    ...(cut ? ['', look.paint('dim', 'Some of it was left out: ask for less with --what and --tail.')] : []),
  ];
}

const part = (title: string, count: number, { paint }: Look, lines: () => string[]): string[] =>
  count === 0 ? [] : ['', paint('bold', title), ...lines()];

import { type AslMachine, type AslState, targets } from './lint.ts';

/**
 * The machine as a picture for people: tasks and maps alone, joined where one can follow the other. Choices,
 * waits and passes are the arrows; a caught error is dashed where it leads elsewhere.
 */
export function overview(machine: AslMachine): string {
  return ['flowchart TD', ...scope(machine, 1)].join('\n');
}

const SHOWN = new Set(['Task', 'Map', 'Succeed', 'Fail']);

function scope(machine: AslMachine, depth: number): string[] {
  const pad = '  '.repeat(depth);
  const lines: string[] = [];
  for (const name of inOrder(machine)) {
    const state = machine.States[name] as AslState;
    if (!SHOWN.has(state.Type)) continue;
    if (state.ItemProcessor === undefined) lines.push(`${pad}${name}${shape(name, state)}`);
    else lines.push(`${pad}subgraph ${name}`, ...scope(state.ItemProcessor, depth + 1), `${pad}end`);
    const next = followers(machine, name, (at) => targets({ ...at, Catch: [] }));
    const caught = followers(machine, name, (at) => (at === state ? catches(at) : targets({ ...at, Catch: [] })));
    lines.push(...[...next].map((to) => `${pad}${name} --> ${to}`));
    lines.push(...[...caught].filter((to) => !next.has(to)).map((to) => `${pad}${name} -. error .-> ${to}`));
  }
  return lines;
}

function shape(name: string, { Type }: AslState): string {
  if (Type === 'Fail') return `[/${name}/]`;
  return Type === 'Succeed' ? `([${name}])` : `[${name}]`;
}

/** As they are reached from the start. */
function inOrder(machine: AslMachine): string[] {
  const seen: string[] = [];
  const queue = [machine.StartAt];
  for (const name of queue) {
    if (seen.includes(name)) continue;
    seen.push(name);
    queue.push(...targets(machine.States[name] as AslState));
  }
  return seen;
}

const catches = ({ Catch: caught = [] }: AslState): string[] => caught.map(({ Next }) => Next);

/** The shown states that can come next, through any number of others; a wait leads back to its own task. */
function followers(machine: AslMachine, name: string, ahead: (state: AslState) => string[]): Set<string> {
  const found = new Set<string>();
  const visited = new Set<string>();
  const visit = (at: string): void => {
    if (visited.has(at)) return;
    visited.add(at);
    const state = machine.States[at] as AslState;
    if (SHOWN.has(state.Type)) found.add(at);
    else for (const next of ahead(state)) visit(next);
  };
  for (const next of ahead(machine.States[name] as AslState)) visit(next);
  return found;
}

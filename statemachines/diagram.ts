import type { AslMachine, AslState } from './lint.ts';

/**
 * The machine as a Mermaid flowchart: tasks, choices and maps as they follow each other. Catches are drawn
 * dashed; a wait is folded into its loop, since every poll has one.
 */
export function diagram(machine: AslMachine): string {
  return ['flowchart TD', ...body(machine, 1)].join('\n');
}

function body(machine: AslMachine, depth: number): string[] {
  const pad = '  '.repeat(depth);
  const lines: string[] = [];
  for (const [name, state] of Object.entries(machine.States)) {
    if (state.Type === 'Wait') continue;
    if (state.ItemProcessor !== undefined) {
      lines.push(`${pad}subgraph ${name}`, ...body(state.ItemProcessor, depth + 1), `${pad}end`);
    } else lines.push(`${pad}${name}${shape(name, state)}`);
    lines.push(...edges(name, state, machine).map((edge) => pad + edge));
  }
  return lines;
}

function shape(name: string, state: AslState): string {
  if (state.Type === 'Choice') return `{${name}}`;
  if (state.Type === 'Fail') return `[/${name}/]`;
  if (state.Type === 'Succeed') return `([${name}])`;
  if (state.Type === 'Pass') return `(${name})`;
  return `[${name}]`;
}

function edges(name: string, state: AslState, machine: AslMachine): string[] {
  const ahead = [state.Next, state.Default, ...(state.Choices ?? []).map((one) => one.Next)];
  const plain = ahead.filter((one) => one !== undefined).map((target) => edge(name, target, machine));
  const caught = (state.Catch ?? []).map((one) => `${name} -. error .-> ${one.Next}`);
  return [...new Set([...plain, ...caught])];
}

function edge(from: string, to: string, machine: AslMachine): string {
  const target = machine.States[to];
  return target?.Type === 'Wait' ? `${from} -- wait --> ${target.Next}` : `${from} --> ${to}`;
}

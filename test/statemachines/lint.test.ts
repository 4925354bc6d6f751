import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TASK_NAMES, TASKS } from '#core/workflow/tasks.ts';
import { diagram } from '#statemachines/diagram.ts';
import { type AslMachine, type AslState, lint } from '#statemachines/lint.ts';
import { renderBenchmark } from '#statemachines/render.ts';
import { VOCABULARY } from '#statemachines/vocabulary.ts';

const rendered = renderBenchmark();
const machine = (): AslMachine => JSON.parse(rendered);

/** Every state, of the maps inside too. */
function states(of: AslMachine): [string, AslState][] {
  return Object.entries(of.States).flatMap(([name, state]): [string, AslState][] => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : states(state.ItemProcessor)),
  ]);
}

const find = (of: AslMachine, name: string): AslState => states(of).find(([key]) => key === name)![1];

describe('the machine', () => {
  test('has no finding', () => {
    expect(lint(machine(), VOCABULARY)).toEqual([]);
  });

  test('is the committed file', () => {
    expect(readFileSync('statemachines/benchmark.asl.json', 'utf8')).toBe(rendered);
  });

  test('calls every task of the table, with exactly its input', () => {
    const called = new Map<string, string[]>();
    for (const [, { Arguments: given }] of states(machine())) {
      const task = /^\$\{(\w+)\}$/.exec(given?.FunctionName ?? '')?.[1];
      if (task !== undefined) called.set(task, Object.keys(given?.Payload ?? {}));
    }
    expect([...called.keys()].toSorted()).toEqual(TASK_NAMES.toSorted());
    for (const name of TASK_NAMES) expect(called.get(name)?.toSorted()).toEqual([...TASKS[name].input].toSorted());
  });

  test('outlives each function, so that its own timeout is the one that is seen', () => {
    for (const [, state] of states(machine())) {
      const task = /^\$\{(\w+)\}$/.exec(state.Arguments?.FunctionName ?? '')?.[1] as keyof typeof TASKS | undefined;
      if (task !== undefined) expect(state.TimeoutSeconds).toBeGreaterThan(TASKS[task].timeoutSeconds);
    }
  });

  test('names no account, region or bucket', () => {
    expect(rendered).not.toMatch(/111111111111|us-east-1|placeholder/);
  });

  test('reaches the release of a deployment from every state of its child', () => {
    const child = find(machine(), 'ForEachDeployment').ItemProcessor!;
    const ahead = (state: AslState): string[] => [
      ...[state.Next, state.Default].filter((one) => one !== undefined),
      ...(state.Choices ?? []).map((one) => one.Next),
      ...(state.Catch ?? []).map((one) => one.Next),
    ];
    for (const name of Object.keys(child.States)) {
      if (['DeploymentDone', 'ReleaseDeployment', 'AfterReleaseDeployment', 'WaitForReleaseDeployment'].includes(name))
        continue;
      // Without the release in the way, no path may lead to the end.
      const seen = new Set<string>();
      const visit = (at: string): void => {
        if (seen.has(at) || at === 'ReleaseDeployment') return;
        seen.add(at);
        for (const next of ahead(child.States[at]!)) visit(next);
      };
      visit(name);
      expect(seen, name).not.toContain('DeploymentDone');
    }
  });
});

describe('the lint sees', () => {
  const broken = (change: (of: AslMachine) => void): string[] => {
    const changed = machine();
    change(changed);
    return lint(changed, VOCABULARY).map(({ state, message }) => `${state}: ${message}`);
  };

  test.each<[string, (of: AslMachine) => void, RegExp]>([
    [
      'a variable that is misspelt',
      (of) => {
        find(of, 'Notify').Arguments!.Payload!.run = '{% $rnu %}';
      },
      /Notify: reads \$rnu/,
    ],
    [
      'a field that is misspelt',
      (of) => {
        find(of, 'OverBudget').Output = '{% $cluster.nmae %}';
      },
      /\$cluster\.nmae/,
    ],
    [
      'a result that the task does not give',
      (of) => {
        find(of, 'StageModel').Assign!.stageStatus = '{% $states.result.Payload.state %}';
      },
      /StageModel: reads state/,
    ],
    ['a task without a Catch', (of) => void delete find(of, 'LaunchJob').Catch, /LaunchJob: has no Catch/],
    ['a task without a Retry', (of) => void delete find(of, 'LaunchJob').Retry, /LaunchJob: has no Retry/],
    [
      'a task without a timeout',
      (of) => void delete find(of, 'LaunchJob').TimeoutSeconds,
      /LaunchJob: has no TimeoutSeconds/,
    ],
    [
      'an end without a status',
      (of) => {
        find(of, 'DeploymentDone').Output = {};
      },
      /DeploymentDone: ends without a status/,
    ],
    [
      'an outer variable in a Distributed Map',
      (of) => {
        find(of, 'CheckModel').Arguments!.Payload!.run = '{% $budgetUsd %}';
      },
      /CheckModel: reads \$budgetUsd/,
    ],
    ['a way to nowhere', (of) => Object.assign(find(of, 'Notify'), { Next: 'Nowhere' }), /Notify: goes to Nowhere/],
    [
      'another integration',
      (of) => {
        find(of, 'Notify').Resource = 'arn:aws:states:::sns:publish';
      },
      /Notify: uses/,
    ],
  ])('%s', (_, change, finding) => {
    expect(broken(change).join('\n')).toMatch(finding);
  });
});

test('the diagram draws every state but the waits', () => {
  const picture = diagram(machine());
  for (const [name, { Type }] of states(machine())) {
    if (Type !== 'Wait') expect(picture).toContain(name);
  }
});

import { readFile } from 'node:fs/promises';
import { TASK_NAMES } from '#core/workflow/tasks.ts';

const DEFINITION = new URL('../../statemachines/benchmark.asl.json', import.meta.url);

/** The committed definition, with its placeholders filled as the stack fills them: task names stand for functions. */
export async function localDefinition(bucket: string): Promise<unknown> {
  const substitutions: Record<string, string> = {
    ...Object.fromEntries(TASK_NAMES.map((name) => [name, name])),
    ResultsBucket: bucket,
    Partition: 'aws',
  };
  const text = await readFile(DEFINITION, 'utf8');
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => substitutions[name] ?? placeholder));
}

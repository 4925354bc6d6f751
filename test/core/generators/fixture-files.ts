import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactFiles, ArtifactName } from '#core/generators/artifacts.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'fixtures', 'generator-outputs');

export const fixtureText = (name: string): Promise<string> => readFile(join(ROOT, name), 'utf8');

/** Tells what was read whole and what was streamed. */
export interface RecordedFiles extends ArtifactFiles {
  wholly: string[];
  streamed: string[];
}

/** A recorded run as its load Job would have left it; `over` adds files, or takes them away with null. */
export async function fixtureFiles(folder: string, over: Record<string, string | null> = {}): Promise<RecordedFiles> {
  const files = new Map<string, string>();
  for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.slice(join(ROOT, folder).length + 1), await readFile(path, 'utf8'));
  }
  for (const [suffix, name] of [
    ['stdout', ArtifactName.stdout],
    ['stderr', ArtifactName.stderr],
  ] as const) {
    const path = join(ROOT, `${folder}.${suffix}`);
    if (existsSync(path)) files.set(name, await readFile(path, 'utf8'));
  }
  for (const [name, text] of Object.entries(over)) {
    if (text === null) files.delete(name);
    else files.set(name, text);
  }
  return memoryFiles(files);
}

/** Streams in small pieces, cut anywhere. */
export function memoryFiles(files: Map<string, string>): RecordedFiles {
  const wholly: string[] = [];
  const streamed: string[] = [];
  const bytes = (name: string) => (files.has(name) ? new TextEncoder().encode(files.get(name)) : undefined);
  return {
    wholly,
    streamed,
    list: async () => [...files.keys()],
    read: async (name) => {
      wholly.push(name);
      return bytes(name);
    },
    stream: async (name) => {
      const all = bytes(name);
      if (all === undefined) return undefined;
      streamed.push(name);
      return chunks(all, 997);
    },
  };
}

export async function* chunks(all: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < all.length; start += size) yield all.subarray(start, start + size);
}

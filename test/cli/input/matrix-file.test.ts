import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliError } from '#cli/errors.ts';
import { readMatrixFile } from '#cli/input/matrix-file.ts';
import { MATRIX } from '../fake-cli.ts';
import { matrixFiles } from '../matrix-files.ts';

const { file, folder } = matrixFiles();

async function refusal(path: string): Promise<CliError> {
  const error = await readMatrixFile(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CliError)) throw new Error(`${path} was not refused as it should be: ${error}`);
  expect(error.exitCode).toBe(2);
  expect(error.details.nextStep).toMatch(/\.$|examples/);
  return error;
}

const bytes = async (name: string, content: Buffer): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const text = JSON.stringify(MATRIX);

describe('a path that names no file', () => {
  it('a pipe that nobody writes into is not waited for', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(await refusal(path)).toMatchObject({ code: 'matrix-not-a-file', message: 'this is a pipe, and not a file' });
  });

  it('a socket', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await new Promise((listening) => server.once('listening', listening));
    expect((await refusal(path)).code).toBe('matrix-not-a-file');
    server.close();
  });

  it.each([
    ['a folder', () => folder, 'matrix-not-a-file', 'this is a folder'],
    ['a device', () => '/dev/zero', 'matrix-not-a-file', 'this is a device'],
    ['standard input', () => '-', 'matrix-not-a-file', 'from a file'],
    ['nothing', () => join(folder, 'none.json'), 'matrix-missing', 'no such file'],
    ['something below a file', () => join(folder, 'matrix.json', 'x'), 'matrix-missing', 'no such file'],
    ['a name that is too long', () => join(folder, 'x'.repeat(300)), 'matrix-unreadable', 'ENAMETOOLONG'],
  ])('%s', async (_, path, code, message) => {
    const found = await readMatrixFile(path()).catch((error: unknown) => error);
    expect(found).toMatchObject({ code, message: expect.stringContaining(message), exitCode: 2 });
  });
});

describe('a file that holds no JSON', () => {
  it.each([
    ['nothing', Buffer.from(''), 'the file is empty'],
    ['white space', Buffer.from(' \n\n'), 'the file is empty'],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'UTF-16'],
    ['UTF-16 the other way round', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'UTF-16'],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), 'bytes of zero'],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), 'not UTF-8'],
    ['Latin-1', Buffer.from('{"name": "caf\xe9"}', 'latin1'), 'not UTF-8'],
  ])('%s', async (_, content, message) => {
    expect(await refusal(await bytes('bytes.json', content))).toMatchObject({
      code: 'matrix-not-json',
      message: expect.stringContaining(message),
    });
  });

  it('YAML, which is not read', async () => {
    const error = await refusal(await file('matrix.yaml', 'name: x\nbudgetUsd: 5\n'));
    expect(error.details.nextStep).toContain('YAML is not read');
  });

  it('says what was expected and what was found, where', async () => {
    const error = await refusal(await file('syntax.json', '{\n  "name": "x"\n  "budgetUsd": 5\n}'));
    expect(error.message).toBe('this is not JSON: expected "," or "}"; found "budgetUsd"');
    expect(error.details.where).toMatch(/syntax\.json:3:3$/);
    expect(error.details.excerpt).toEqual(['  "budgetUsd": 5', '  ^']);
  });

  it('that is nested without end', async () => {
    const error = await refusal(await file('deep.json', '['.repeat(100_000)));
    expect(error.message).toContain('nested far deeper');
  });

  it('that is larger than any matrix, before it is read', async () => {
    expect((await refusal(await bytes('huge.json', Buffer.alloc(5_000_000, ' ')))).code).toBe('matrix-too-large');
  });
});

describe('a field that stands twice', () => {
  it('is refused with its path and its lines, with what else is wrong with a value', async () => {
    const path = await file(
      'twice.json',
      '{\n"name": "Twice",\n"budgetUsd": 5,\n"matrix": {"instanceType": ["g5.8xlarge"],\n"isl": [1],\n"isl": [2]},\n"budgetUsd": 50\n}',
    );
    const { details, code } = await refusal(path);
    expect(code).toBe('matrix-invalid');
    expect(details.where).toBe(`${path}:6`);
    expect(details.problems?.map((one) => `${one.code} ${one.path}`)).toEqual([
      'repeated-field matrix.isl',
      'repeated-field budgetUsd',
      'bad-format name',
    ]);
    expect(details.problems?.[1]?.message).toContain('2 times, in line 3 and 7');
  });

  it('hides what may stand in the one that is lost', async () => {
    const path = await file(
      'lost.json',
      '{"name": "x", "budgetUsd": 5, "matrix": {"instanceType": ["g5.8xlarge"], "concurrency": [1]}, "defaults": {"model": "a/b", "isl": 1}, "defaults": {"osl": 1}}',
    );
    expect((await refusal(path)).details.problems?.map((one) => one.path)).toEqual(['defaults']);
  });
});

it('reads a file that an editor began with a byte order mark', async () => {
  expect(await readMatrixFile(await file('bom.json', `\ufeff${text}`))).toEqual(MATRIX);
});

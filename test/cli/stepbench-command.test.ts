import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const COMMAND = join(import.meta.dirname, '..', '..', 'cli', 'stepbench.mjs');
const QUICKSTART = join(import.meta.dirname, '..', '..', 'examples', 'quickstart.json');

/** Makes a process take itself for an older Node, as far as a program can see. */
const OLD =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.11.0"}})';

function start(command: string, argv: string[], env: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    argv.length > 0 ? ['--import', OLD, command, ...argv] : ['--import', OLD, command],
    { env: { ...process.env, ...env } },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (text += more));
  const ended = new Promise<{ code: number | null; signal: string | null; text: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, text }));
  });
  return { child, ended };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the command itself', () => {
  it('plans, and leaves nothing among temporary files', async () => {
    const temporary = join(folder, 'temporary');
    await mkdir(temporary);
    const { code, text } = await start(COMMAND, ['plan', QUICKSTART], { TMPDIR: temporary }).ended;
    expect(code, text).toBe(0);
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('output that cannot be written', () => {
  it.each([[['plan', QUICKSTART, '--json']], [['query']]])('is an error: of %j', async (argv) => {
    const full = await open('/dev/full', 'w');
    const child = spawn(process.execPath, [COMMAND, ...argv], { stdio: ['ignore', full.fd, 'pipe'] });
    let told = '';
    child.stderr!.setEncoding('utf8').on('data', (more) => (told += more));
    const [code] = await once(child, 'close');
    await full.close();
    expect(code).toBe(1);
    expect(told).toMatch(/not all of the output could be written: .*ENOSPC[\s\S]*\(output-lost\)/);
  });

  it('is none where its reader has enough', async () => {
    const child = spawn(process.execPath, [COMMAND, 'plan', QUICKSTART, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (more) => (told += more));
    const [code] = await once(child, 'close');
    expect({ code, told }).toEqual({ code: 0, told: '' });
  });
});

describe('the command under an old Node', () => {
  it('goes on with the Node that the project installed, and ends with its exit code', async () => {
    const help = await start(COMMAND, ['--help']).ended;
    expect(help.code).toBe(0);
    expect(help.text).toContain('Usage: stepbench');
    expect((await start(COMMAND, ['rnu']).ended).code).toBe(2);
  });

  it('says what to do where none is installed', async () => {
    const alone = join(folder, 'alone', 'cli', 'stepbench.mjs');
    await mkdir(join(folder, 'alone', 'cli'), { recursive: true });
    await cp(COMMAND, alone);
    const { code, text } = await start(alone, []).ended;
    expect(code).toBe(2);
    expect(text).toMatch(/needs Node 22\.18 or newer, and this is v.*\nRun "npm ci"/);
  });

  it('hands signals on', async () => {
    const project = join(folder, 'project');
    await mkdir(join(project, 'cli'), { recursive: true });
    await mkdir(join(project, 'node_modules', 'node', 'bin'), { recursive: true });
    await cp(COMMAND, join(project, 'cli', 'stepbench.mjs'));
    // Stands for the newer Node: says when it is there, and which signal it got.
    const stub = `#!${process.execPath}\nprocess.on('SIGTERM', () => { console.log('got SIGTERM'); process.exit(130); });\nprocess.on('disconnect', () => { console.log('left alone'); process.exit(130); });\nsetInterval(() => {}, 1000);\nconsole.log('ready');\n`;
    await writeFile(join(project, 'node_modules', 'node', 'bin', 'node'), stub, { mode: 0o755 });
    const { child, ended } = start(join(project, 'cli', 'stepbench.mjs'), []);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const { code, text } = await ended;
    expect(text).toContain('got SIGTERM');
    expect(code).toBe(130);
  });

  it('lets the newer Node know when it was killed itself', async () => {
    const { child, ended } = start(join(folder, 'project', 'cli', 'stepbench.mjs'), []);
    child.stdout.once('data', () => child.kill('SIGKILL'));
    // `close` comes when nobody holds the output any more: the newer Node has ended too.
    expect((await ended).text).toContain('left alone');
  });
});

import { FlagError } from './flag-reader.ts';
import { parseFlags } from './flags.ts';
import { HELP } from './help.ts';
import type { EngineOptions } from './options.ts';
import { createEngine } from './server.ts';

/** sysexits' EX_USAGE is 64, but vLLM and every argparse program say 2. */
const BAD_FLAG = 2;
const FAILED = 1;

function die(message: string, code: number): never {
  process.stderr.write(`simulated engine: ${message}\n`);
  process.exit(code);
}

async function serve(options: EngineOptions): Promise<void> {
  const engine = createEngine(options, (why) => die(why, FAILED));
  let asked = 0;
  const stop = (): void => {
    if (++asked > 1) process.exit(FAILED);
    void engine.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    const port = await engine.listen();
    process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
  } catch (error) {
    die(bindFailure(error as NodeJS.ErrnoException, options), FAILED);
  }
}

function bindFailure(error: NodeJS.ErrnoException, { host, port }: EngineOptions): string {
  if (error.code === 'EADDRINUSE') {
    return `port ${port} on ${host} is in use. End what holds it, or let the system choose with --port 0.`;
  }
  return `cannot listen on ${host}:${port}: ${error.message}`;
}

try {
  const parsed = parseFlags(process.argv.slice(2));
  if (parsed === 'help') {
    process.stdout.write(HELP);
  } else {
    if (parsed.withoutEffect.length > 0) {
      process.stderr.write(`simulated engine: without effect here: --${parsed.withoutEffect.join(' --')}\n`);
    }
    await serve(parsed.options);
  }
} catch (error) {
  if (error instanceof FlagError) die(`${error.message}\nSee --help.`, BAD_FLAG);
  throw error;
}

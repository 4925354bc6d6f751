import type { GeneratorInvocation } from '../generator.ts';

/** JSON: names of headers, to the names of the variables that hold their values. */
const HEADERS = 'STEPBENCH_HEADERS';

/**
 * AIPerf takes headers on its command line only, which every user of the machine can read, and which it writes
 * into its artifacts. So it is called from within its own Python, with arguments that no process list and no
 * `sys.argv` ever had. The interpreter is the one beside its script: the first `python3` of a path need not have it.
 */
const INSIDE = `
import json, os, sys
headers = {name: os.environ[variable] for name, variable in json.loads(os.environ["${HEADERS}"]).items()}
sys.argv[0] = "aiperf"
from aiperf.cli import app
sys.exit(app(sys.argv[1:] + ["--header", json.dumps(headers)]))
`;

const OUTSIDE = `
import os, shutil, sys
tool = shutil.which("aiperf")
if tool is None:
    sys.exit("aiperf: not found")
folder = os.path.dirname(os.path.realpath(tool))
python = next(path for path in (os.path.join(folder, name) for name in ("python3", "python")) if os.path.exists(path))
os.execv(python, [python] + sys.argv[1:])
`;

/** @param variables by the header's name, the variable of the container that holds its value. */
export function withHeaders(
  { command, args, env, unset }: GeneratorInvocation,
  variables: Readonly<Record<string, string>>,
): GeneratorInvocation {
  if (Object.keys(variables).length === 0) return { command, args, env, unset };
  return {
    command: ['python3', '-I', '-S', '-c', OUTSIDE, '-c', INSIDE, ...command.slice(1)],
    args,
    env: { ...env, [HEADERS]: JSON.stringify(variables) },
    unset,
  };
}

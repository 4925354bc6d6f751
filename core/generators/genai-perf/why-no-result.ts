import { type Ending, lastError, tail } from '../failure.ts';

interface Why {
  reason: string;
  nextStep?: string;
}

/** How genai-perf 0.0.16 says what people can do something about. */
const TRACEBACKS: { pattern: RegExp; why: Why }[] = [
  {
    // It takes the first choice of every chunk, after the whole run.
    pattern: /data\["choices"\]\[0\][\s\S]*IndexError/,
    why: {
      reason: 'the engine ended its streams with a chunk without choices (as with include_usage), which it cannot read',
      nextStep: 'Measure this engine with "load": {"generator": "aiperf"}.',
    },
  },
  {
    pattern: /JSONDecodeError/,
    why: {
      reason: 'the engine answered 200 with something that is no JSON',
      nextStep: 'Its answers are in profile_export.json among the artifacts: is it an OpenAI-compatible server?',
    },
  },
  {
    pattern: /in set_tokenizer\b/,
    why: {
      reason: "the model's tokenizer is neither a folder nor on a hub that answers",
      nextStep:
        'Measure with "load": {"generator": "aiperf"}, which needs none: it takes the token counts of the engine.',
    },
  },
];

/**
 * perf_analyzer says what the server answered on stderr, once a thread, with code and body; argparse names the bad
 * option there. An empty body with 400 is how it reads a server that is not there, and a stream that was cut.
 */
export function whyNoResult({ stderr, stdout }: Ending): Why {
  const answer = /HTTP code (\d+): ?(.*)/.exec(stderr);
  if (answer !== null) {
    const [, code, body = ''] = answer;
    if (code === '400' && body.trim() === '') return { reason: 'the engine did not answer, or broke an answer off' };
    return { reason: `the engine answered ${code} ${body}`.trim().slice(0, 300) };
  }
  const known = TRACEBACKS.find(({ pattern }) => pattern.test(stderr));
  if (known !== undefined) return known.why;
  const argument = /^[\w-]+(?: [\w-]+)*: error: (.*)/m.exec(stderr)?.[1];
  return { reason: argument ?? (stderr.trim() === '' ? tail(stdout) : lastError(stderr)) };
}

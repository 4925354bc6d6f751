/**
 * `parse-huge.ts GENERATOR MEGABYTES`: parses a recorded run whose export of all requests has grown to that size,
 * made while it is read. Says what it found and the memory that the process had at most.
 */
import { generatorFor } from '#core/generators/generators.ts';
import type { GeneratorName } from '#core/plan/types.ts';
import { fixtureFiles, fixtureText } from '../fixture-files.ts';

const [name = '', megabytes = '1'] = process.argv.slice(2);
const bytesWanted = Number(megabytes) * 1e6;
const CHUNK = 64 * 1024;

const folder = 'fake-model-openai-completions-concurrency5';
const source =
  name === 'aiperf'
    ? { fixture: 'ap-stream', export: 'profile_export.jsonl', summary: 'profile_export_aiperf.json' }
    : {
        fixture: 'gp-stream',
        export: `${folder}/profile_export.json`,
        summary: `${folder}/profile_export_genai_perf.json`,
      };
const recorded = await fixtureText(`${source.fixture}/${source.export}`);

/** The recorded requests again and again. */
function* growing(): Generator<string> {
  if (name === 'aiperf') {
    for (let size = 0; size < bytesWanted; size += recorded.length) yield recorded;
    return;
  }
  const [head = '', rest = ''] = recorded.split('"requests":[');
  const requests = rest.slice(0, rest.lastIndexOf('],"window_boundaries"'));
  yield `${head}"requests":[`;
  for (let size = 0; size < bytesWanted; size += requests.length) yield size === 0 ? requests : `,${requests}`;
  yield rest.slice(requests.length);
}

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (const text of growing()) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
  }
}

let exported = 0;
let requests = 0;
for (const text of growing()) {
  exported += text.length;
  requests += text.match(name === 'aiperf' ? /"benchmark_phase": ?"profiling"/g : /"timestamp":/g)?.length ?? 0;
}
const summary = JSON.parse(await fixtureText(`${source.fixture}/${source.summary}`));
summary.request_count.avg = requests;
for (const block of Object.values<{ count?: number } | null>(summary)) {
  if (typeof block?.count === 'number') block.count = requests;
}
const files = await fixtureFiles(source.fixture, { [source.summary]: JSON.stringify(summary) });
const startMs = performance.now();
const measurement = await generatorFor(name as GeneratorName).parse({
  ...files,
  stream: async (asked) => (asked === source.export ? chunks() : files.stream(asked)),
});
console.log(
  JSON.stringify({
    exportedMb: Math.round(exported / 1e6),
    requests,
    parsed: measurement.requestCount,
    seconds: (performance.now() - startMs) / 1000,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1000),
  }),
);

import { parseArgs } from 'node:util';
import { RealClock } from '#local/clock/real-clock.ts';
import { importPredecessor } from '#local/predecessor/import.ts';
import { openDuckDbSql } from '#local/sql/duckdb-sql.ts';
import { openFolderStore } from '#local/store/folder-store.ts';

const HELP = `Stores what StepBench's predecessor measured as a run of its own.

  npm run seed-import [-- --store DIR] [--prices own|today] [--judged]

  --store DIR     the store; .stepbench when left out
  --prices LIST   own: as the predecessor published them (default); today: this project's table
  --judged        let our rules say which figures are valid, instead of taking its word
`;

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: '.stepbench' },
    prices: { type: 'string', default: 'own' },
    judged: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const { prices, judged } = values;
if (values.help || (prices !== 'own' && prices !== 'today')) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  const store = await openFolderStore(values.store);
  const sql = await openDuckDbSql(store.root);
  const run = await importPredecessor({ store, sql, clock: new RealClock() }, { prices, judged });
  sql.close();
  if (!judged) {
    console.log(
      'Every figure is taken as published, as valid: our rules would rank none of them (--judged; docs/predecessor.md).',
    );
  }
  console.log(`Stored as run ${run} in ${store.root}. Ask it, and see its report, with:`);
  for (const question of ['price-performance', 'lowest-latency', 'alternatives', 'stranded-gpus']) {
    console.log(`  stepbench query ${question} --run ${run} --store ${values.store}`);
  }
  console.log(`  stepbench report ${run} --store ${values.store}`);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { fit } from '#local/engine/calibration/fit.ts';
import { seedCells } from '#local/engine/calibration/seed.ts';
import { calibrationTable } from '#local/engine/calibration/table.ts';
import { MEASURED, MEASURED_MODEL } from '#local/engine/model/measured.ts';

/**
 * Fits the measured profiles again and prints them beside the committed ones, then the committed model against the
 * data. `--docs` writes that table into docs/simulator.md.
 */
const cells = seedCells();
for (const committed of MEASURED) {
  const own = cells.filter((cell) => cell.instanceType === committed.instanceType);
  console.log({ fitted: fit(own, committed.prefillTimePerTokenMs), committed });
}
const table = calibrationTable(MEASURED, cells, MEASURED_MODEL);
console.log(table);
if (process.argv.includes('--docs')) {
  const page = new URL('../docs/simulator.md', import.meta.url);
  const [before, , after] = readFileSync(page, 'utf8').split(
    /(<!-- calibration:[^>]*-->)[\s\S]*?(?=<!-- end of calibration -->)/,
  );
  const marker = '<!-- calibration: written by bench/simulator-fit.ts --docs -->';
  writeFileSync(page, `${before}${marker}\n${table}\n${after}`);
}

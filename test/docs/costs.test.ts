import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type CostLine, idleStack, lineUsd, totalUsd } from '#core/pricing/idle-stack.ts';
import { CONTROL_PLANE, HOURS_A_MONTH } from '#core/pricing/standing.ts';

const readme = readFileSync('README.md', 'utf8');
const cents = (usd: number): string => `$${usd.toFixed(2)}`;
const sumOf = (isOf: (line: CostLine) => boolean) => cents(totalUsd(idleStack().filter(isOf)));

it('the README says what an idle stack and a kept cluster cost as the command line does', () => {
  const rows = readme.split('\n').filter((line) => line.startsWith('| '));
  const row = (what: string) => rows.find((line) => line.startsWith(`| ${what}`))?.split(' | ')[1];
  expect(row('**together**')).toBe(`**${cents(totalUsd(idleStack()))}**`);
  expect(row('the janitor itself')).toBe(sumOf(({ what }) => what.startsWith('janitor,')));
  expect(row('NAT gateway')).toBe(sumOf(({ rate }) => rate === 'natHour'));
  const alarms = idleStack().find(({ rate }) => rate === 'alarm') as CostLine;
  expect(row('eight alarms')).toBe(cents(lineUsd(alarms)));
  expect(alarms.count).toBe(8);
  const kept = cents(CONTROL_PLANE.usdPerHour * HOURS_A_MONTH);
  expect(readme).toContain(
    `A cluster that is kept between runs is ${kept} more (${cents(CONTROL_PLANE.usdPerHour)} an hour`,
  );
});

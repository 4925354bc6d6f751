import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's; elsewhere the variable names one. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Without these a browser speaks to its maker, and as root it does not start. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`No browser at ${CHROMIUM}: apt-get install chromium, or name one by the variable CHROMIUM.`);
  }
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

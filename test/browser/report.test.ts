import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from './chromium.ts';
import { HOSTILE, type Pages, writePages } from './pages.ts';

let browser: Browser;
let pages: Pages;
beforeAll(async () => {
  [browser, pages] = await Promise.all([openChromium(), writePages()]);
});
afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

interface Visit {
  page: Page;
  /** What the browser complained of, and what it asked for besides the page. */
  complaints: string[];
}

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Opens a page as a person would, and looks for complaints afterwards. */
async function visit(
  url: string,
  options: BrowserContextOptions,
  look: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) complaints.push(`asked for ${request.url().slice(0, 100)}`);
  });
  try {
    await page.goto(url);
    await look({ page, complaints });
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

/** What axe has to say. The page's policy lets no script in: this one comes by the debugger. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ runOnly: ${JSON.stringify(TAGS)} }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.length + ' x ' + nodes[0].html.slice(0, 150) + ' ' + nodes[0].failureSummary))`);
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

const LOOKS = [
  ['at a desk, light', { viewport: DESK, colorScheme: 'light' }],
  ['at a desk, dark', { viewport: DESK, colorScheme: 'dark' }],
  ['on a phone, light', { viewport: PHONE, colorScheme: 'light' }],
  ['on a phone, dark', { viewport: PHONE, colorScheme: 'dark' }],
] as const satisfies [string, BrowserContextOptions][];

describe.each(LOOKS)('%s', (_, options) => {
  it.each(['report', 'simulated', 'index'] as const)(
    '%s: sound in contrast and structure, no wider than the screen',
    async (name) => {
      await visit(pages[name], options, async ({ page }) => {
        // What is closed is part of the page too.
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
      });
    },
  );

  it('marks of the figures stand out from the page, and what is written in them more so', async () => {
    await visit(pages.report, options, async ({ page }) => {
      const contrasts: { least: number; text: number } = await page.evaluate(CONTRASTS);
      expect(contrasts.least).toBeGreaterThanOrEqual(3);
      expect(contrasts.text).toBeGreaterThanOrEqual(4.5);
    });
  });
});

/** Of colours as the browser computed them, by the formula of WCAG 2. */
const CONTRASTS = `(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = light(getComputedStyle(document.body).backgroundColor);
  const contrast = (colour) => { const one = light(colour); return (Math.max(one, page) + 0.05) / (Math.min(one, page) + 0.05); };
  const probe = document.body.appendChild(document.createElement('i'));
  const named = (name) => { probe.style.color = 'var(' + name + ')'; return contrast(getComputedStyle(probe).color); };
  const least = Math.min(...[0, 1, 2, 3, 4, 5, 6, 7].map((index) => named('--c' + index)));
  const texts = [...document.querySelectorAll('figure svg text')].map((one) => contrast(getComputedStyle(one).fill));
  probe.remove();
  return { least, text: Math.min(...texts) };
})()`;

/** A browser on a busy machine lays out late: that it does is what is asked. */
const PATIENT = { timeout: 30_000 };

it.each([1280, 1440])('shows whole the tables of the index in %i px, and of a report the first', async (width) => {
  for (const [name, most] of [
    ['index', 99],
    ['report', 1],
  ] as const) {
    await visit(pages[name], { viewport: { width, height: 900 } }, async ({ page }) => {
      const cut: number[] = await page.evaluate(
        '[...document.querySelectorAll(".scroll")].map((one) => one.scrollWidth - one.clientWidth)',
      );
      expect(cut.length).toBeGreaterThan(0);
      for (const pixels of cut.slice(0, most)) expect(pixels).toBe(0);
      expect(await overflow(page)).toBe(0);
    });
  }
});

/** Where the texts of a figure stand, those of its marks too. */
const OVERLAPS = `[...document.querySelectorAll('figure .wide svg, figure .narrow svg')]
  .filter((svg) => svg.getBoundingClientRect().width > 0)
  .flatMap((svg) => {
    const texts = [...svg.querySelectorAll('text')];
    const target = texts.find((one) => one.textContent.startsWith('target '));
    if (target === undefined) return [];
    const box = target.getBoundingClientRect();
    const frame = svg.getBoundingClientRect();
    const others = texts.filter((one) => /per million|latency, s/.test(one.textContent));
    const hits = others.filter((one) => {
      const other = one.getBoundingClientRect();
      return box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    });
    return [{ hits: hits.map((one) => one.textContent), outside: box.left < frame.left || box.right > frame.right }];
  })`;

it.each([
  ['at a desk', DESK],
  ['on a phone', PHONE],
])('the name of a target stands clear of the axes, also where it is the end of one, %s', async (_, viewport) => {
  await visit(pages.slow, { viewport }, async ({ page }) => {
    const found: { hits: string[]; outside: boolean }[] = await page.evaluate(OVERLAPS);
    expect(found).toHaveLength(2);
    for (const one of found) expect(one).toEqual({ hits: [], outside: false });
  });
});

describe('the answer', () => {
  it('stands on the first screen of a desk, whole: what, load, cost, latency, how sure, what else', async () => {
    await visit(pages.report, { viewport: DESK }, async ({ page }) => {
      expect(await page.locator('h1').innerText()).toMatch(
        /^g6e\.4xlarge, TP 1 serves .* cheapest within the latency target: \$0\.\d{3}/,
      );
      const facts = page.locator('.facts > div');
      expect(await facts.count()).toBe(6);
      for (const fact of await facts.all()) {
        const box = (await fact.boundingBox())!;
        expect(box.y + box.height).toBeLessThan(DESK.height);
      }
    });
  });

  it('stands on the first screen of a phone', async () => {
    await visit(pages.report, { viewport: PHONE }, async ({ page }) => {
      for (const fact of await page.locator('.facts > div').all()) {
        const box = (await fact.boundingBox())!;
        expect(box.y + box.height).toBeLessThan(PHONE.height);
      }
    });
  });

  it('needs no script', async () => {
    await visit(pages.simulated, { viewport: DESK, javaScriptEnabled: false }, async ({ page }) => {
      expect(await page.locator('.simulated').first().innerText()).toContain('SIMULATED');
      expect(await page.locator('h1').innerText()).toContain('SIMULATED');
      expect(await page.locator('figure .wide svg').first().isVisible()).toBe(true);
      await page.locator('summary').first().click();
      expect(await page.locator('details[open] table').first().isVisible()).toBe(true);
    });
  });
});

describe('by keyboard', () => {
  it('the first stop jumps to the answer', async () => {
    await visit(pages.report, { viewport: DESK }, async ({ page }) => {
      await page.keyboard.press('Tab');
      const skip = page.locator(':focus');
      expect(await skip.innerText()).toBe('To the answer');
      expect((await skip.boundingBox())!.x).toBeGreaterThanOrEqual(0);
      await page.keyboard.press('Enter');
      expect(await page.locator('main:focus').count()).toBe(1);
    });
  });

  it('a figure leads to its row, which is seen and marked', async () => {
    await visit(pages.report, { viewport: DESK }, async ({ page }) => {
      await page.locator('.facts a.big').first().focus();
      await page.keyboard.press('Enter');
      const row = page.locator('tr:target');
      expect(await row.locator('a', { hasText: 'artifacts' }).getAttribute('href')).toMatch(/^artifacts\/d3v0\//);
      await expect.poll(async () => (await row.boundingBox())!.y, PATIENT).toBeLessThan(DESK.height);
      const marked = await page.evaluate('getComputedStyle(document.querySelector("tr:target td")).backgroundColor');
      expect(marked).not.toBe('rgba(0, 0, 0, 0)');
    });
  });

  it('wide tables are reached and scrolled', async () => {
    await visit(pages.report, { viewport: PHONE }, async ({ page }) => {
      const scroll = page.locator('.scroll').first();
      await scroll.focus();
      for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowRight');
      await expect
        .poll(() => page.evaluate('document.querySelector(".scroll").scrollLeft'), PATIENT)
        .toBeGreaterThan(0);
    });
  });
});

it('a mark of a figure leads to its row', async () => {
  await visit(pages.report, { viewport: DESK }, async ({ page }) => {
    await page.locator('figure .wide a').first().click();
    expect(await page.locator('tr:target').count()).toBe(1);
  });
});

it('a narrow screen gets figures drawn for it, a wide one the others', async () => {
  for (const [viewport, seen, hidden] of [
    [DESK, 'wide', 'narrow'],
    [PHONE, 'narrow', 'wide'],
  ] as const) {
    await visit(pages.report, { viewport }, async ({ page }) => {
      const box = (await page.locator(`figure .${seen} svg`).first().boundingBox())!;
      expect(box.width).toBeLessThanOrEqual(viewport.width);
      // Drawn at its own size: what is written in it can be read.
      expect(box.width).toBe(Number(await page.locator(`figure .${seen} svg`).first().getAttribute('width')));
      expect(await page.locator(`figure .${hidden} svg`).first().isVisible()).toBe(false);
    });
  }
});

it('the rows can be saved from the page itself', async () => {
  const context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  await page.goto(pages.report);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('cells.csv').click()]);
  expect(download.suggestedFilename()).toBe('report-cells.csv');
  expect(await readFile(await download.path(), 'utf8')).toBe(pages.csv);
  await context.close();
});

it('hostile names are text, in figures too, and run nothing', async () => {
  await visit(pages.hostile, { viewport: DESK }, async ({ page }) => {
    expect(await page.title()).toContain('<script>');
    expect(await page.locator('img, script').count()).toBe(0);
    expect(await page.locator('pre').textContent()).toContain('onerror');
    expect(await page.locator('figure svg text', { hasText: '<script>' }).count()).toBeGreaterThan(0);
    expect(await page.locator('main').textContent()).toContain(HOSTILE.slice(0, 30));
    expect(await overflow(page)).toBe(0);
  });
});

it('is printed dark on light, whatever the screen has', async () => {
  await visit(pages.report, { viewport: DESK, colorScheme: 'dark' }, async ({ page }) => {
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  });
});

it('a page of 10,000 cells is there soon, and so is its last row', async () => {
  await visit(pages.large, { viewport: DESK }, async ({ page }) => {
    const loaded: number = await page.evaluate('performance.timing.loadEventEnd - performance.timing.navigationStart');
    const before = performance.now();
    await page.evaluate(`location.hash = ${JSON.stringify(`cell-${pages.lastCell}`)}`);
    await expect
      .poll(async () => (await page.locator('tr:target').boundingBox())?.y, PATIENT)
      .toBeLessThan(DESK.height);
    console.log(
      `10,000 cells: loaded in ${loaded} ms, last row reached in ${Math.round(performance.now() - before)} ms`,
    );
    expect(loaded).toBeLessThan(10_000);
  });
});

import { type Browser, chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { address, finished, generate, tilesOf } from '../e2e/studio';
import { CHROMIUM, launching } from './lib/chromium';
import { readOptions } from './lib/options';
import { figure, writeReport } from './lib/report';

const BASE_LANE = ['base~Base'];

/**
 * What a visitor waits for, in a real Chromium on the wasm backend, from the last `npm run build`.
 *   node scripts/run.mjs bench/page.ts --repeats 3
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, { repeats: '3', images: '500', chromium: CHROMIUM });
  const server = await preview({ preview: { host: '127.0.0.1', port: 0 }, logLevel: 'silent' });
  const origin = server.resolvedUrls?.local[0];
  if (!origin) throw new Error('The preview server has no address. Run `npm run build` first.');
  const browser = await chromium.launch(launching(options.chromium));
  const cold: number[] = [];
  const warm: number[] = [];
  for (let i = 0; i < Number(options.repeats); i++) {
    const times = await firstImage(browser, origin);
    cold.push(times.cold);
    warm.push(times.warm);
  }
  const { perImage, perUpdate } = await chartCost(browser, origin, Number(options.images));
  await browser.close();
  await server.close();
  writeReport('page', `node scripts/run.mjs bench/page.ts ${args.join(' ')}`.trim(), [
    figure('page load to first finished image, cold, ms', cold),
    figure('page load to first finished image, warm, ms', warm),
    figure(`main thread per arriving image at ${options.images} images, ms`, perImage),
    figure('script, style and layout per chart update (charts, tiles and all), ms', perUpdate),
  ]);
}

/** From navigation to the first finished picture at the model's own settings, in a fresh profile and again in the same one. */
async function firstImage(browser: Browser, origin: string): Promise<{ cold: number; warm: number }> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  const measure = async () => {
    const page = await context.newPage();
    const start = performance.now();
    await page.goto(address({ images: 1, batch: 1, lanes: BASE_LANE }));
    await page.locator('[data-testid="generate"]:enabled').waitFor({ timeout: 60_000 });
    await generate(page);
    await tilesOf(page, 0).first().waitFor({ timeout: 60_000 });
    const took = performance.now() - start;
    await page.close();
    return took;
  };
  const times = { cold: await measure(), warm: await measure() };
  await context.close();
  return times;
}

/**
 * Main-thread time per image while the last tenth of a long run arrives: two lanes, one step each, so that images come as fast
 * as they can. Chromium's own counters; the worker's time is not in them.
 */
async function chartCost(
  browser: Browser,
  origin: string,
  images: number,
): Promise<{ perImage: number[]; perUpdate: number[] }> {
  const page = await browser.newPage({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  await page.goto(address({ images: images / 2, steps: 1, batch: 8, lanes: [...BASE_LANE, 'mist~MIST'] }));
  await page.locator('[data-testid="generate"]:enabled').waitFor({ timeout: 60_000 });
  await generate(page);
  const from = Math.floor(images * 0.45);
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  await tilesOf(page, 0)
    .nth(from - 1)
    .waitFor({ timeout: 600_000 });
  await countChartUpdates(page);
  const before = await counters(page, client);
  await finished(page, 600_000);
  const after = await counters(page, client);
  await page.close();
  const arrived = after.tiles - before.tiles;
  const updates = after.updates - before.updates;
  const cost = (name: string) => ((after.seconds[name] ?? 0) - (before.seconds[name] ?? 0)) * 1000;
  const drawing = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];
  return {
    perImage: [cost('TaskDuration') / arrived],
    perUpdate: [drawing.reduce((sum, name) => sum + cost(name), 0) / updates],
  };
}

/** Counts, in the page's own dataset, how often the comparison chart was drawn anew. */
async function countChartUpdates(page: Page): Promise<void> {
  await page.getByTestId('bias-chart').evaluate((chart) => {
    let updates = 0;
    new MutationObserver(() => {
      updates++;
      document.body.dataset.chartUpdates = String(updates);
    }).observe(chart, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}

type Client = Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>;

async function counters(page: Page, client: Client) {
  const { metrics } = await client.send('Performance.getMetrics');
  const updates = await page.evaluate(() => Number(document.body.dataset.chartUpdates ?? 0));
  return {
    updates,
    tiles: (await tilesOf(page, 0).count()) + (await tilesOf(page, 1).count()),
    seconds: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  };
}

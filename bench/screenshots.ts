import { chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { finished, generate, open, tilesOf } from '../e2e/studio';
import { CHROMIUM, launching } from './lib/chromium';
import { readOptions } from './lib/options';

const LANES = ['base~Base model', 'attribute-prompt~Attribute prompts', 'mist~MIST~mode=target'];

/**
 * Draws the pictures of the documentation from a real run of the last `npm run build`, on the wasm backend.
 *   node scripts/run.mjs bench/screenshots.ts --images 24
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, { images: '24', out: 'docs', chromium: CHROMIUM });
  const server = await preview({ preview: { host: '127.0.0.1', port: 0 }, logLevel: 'silent' });
  const origin = server.resolvedUrls?.local[0];
  if (!origin) throw new Error('The preview server has no address. Run `npm run build` first.');
  const browser = await chromium.launch(launching(options.chromium));
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1440, height: 1180 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const shot = (name: string, of: Page = page) => of.screenshot({ path: `${options.out}/${name}.png` });

  await open(page, { prompt: 'a photo of a doctor', images: Number(options.images), lanes: LANES });
  await generate(page);
  await tilesOf(page, 0).nth(8).waitFor({ timeout: 300_000 });
  await shot('studio-running');
  await finished(page, 600_000);
  await shot('studio-light');

  await tilesOf(page, 0).first().click();
  await page.getByTestId('compare-select').waitFor();
  await shot('picture');
  await page.keyboard.press('Escape');
  await tilesOf(page, 1).nth(1).click();
  await page.getByTestId('inspect').click();
  await page.getByTestId('inspect').waitFor({ state: 'detached' });
  await page.getByTestId('inspect-stop').waitFor({ state: 'detached', timeout: 300_000 });
  await page.getByRole('group', { name: 'Words of the prompt' }).getByText('doctor').click();
  await shot('inspector');
  await page.keyboard.press('Escape');
  await page.getByTestId('comparison-view').getByText('Trade-off').click();
  await page.getByText('comparing pictures').waitFor();
  await page.getByText('comparing pictures').waitFor({ state: 'detached', timeout: 300_000 });
  await page.getByTestId('tradeoff-chart').screenshot({ path: `${options.out}/trade-off.png` });
  await page.getByTestId('comparison-view').getByText('Bias').click();
  await page.getByTestId('add-lane').click();
  await page.getByTestId('method-mist').waitFor();
  await shot('methods');
  await page.keyboard.press('Escape');
  await page.getByTestId('model-button').click();
  await page.getByTestId('reader-tab').click();
  await page.getByTestId('reader-quality').waitFor();
  await shot('reader');
  await page.keyboard.press('Escape');

  await page.evaluate(() => scrollTo(0, 0));
  await page.getByTestId('theme-switch').click();
  await page.mouse.move(0, 400);
  await shot('studio-dark');
  await page.setViewportSize({ width: 390, height: 844 });
  await shot('studio-phone');
  await browser.close();
  await server.close();
}

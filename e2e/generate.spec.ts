import { expect, test } from '@playwright/test';
import { finished, generate, open, pixelsOf, tilesOf } from './studio';

const TWO_LANES = {
  prompt: 'a photo of a doctor',
  images: 8,
  seeds: '1',
  steps: 4,
  batch: 4,
  lanes: ['base~Base', 'attribute-prompt~Even'],
};

test('eight images in two lanes, their charts, a reload and a link opened elsewhere', async ({
  page,
  browser,
}) => {
  const elsewhere: string[] = [];
  const own = new URL(test.info().project.use.baseURL ?? '').origin;
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== own)
      elsewhere.push(request.url());
  });
  await open(page, TWO_LANES);
  await expect(page.getByTestId('engine-badge')).toContainText('wasm');
  await generate(page);
  await finished(page);

  for (const lane of [0, 1]) {
    await expect(tilesOf(page, lane)).toHaveCount(8);
    // Every image is accounted for: persons read, unclear, or no person found.
    const coverage = await page.getByTestId(`lane-${lane}`).getByTestId('coverage').textContent();
    expect(coverage).toMatch(/persons read/);
    const chart = page.getByTestId(`lane-${lane}`).getByRole('img').first();
    await expect(chart).toHaveAttribute('aria-label', /./);
  }
  const first = [await pixelsOf(page, 0), await pixelsOf(page, 1)];
  expect(new Set(first[0]).size).toBe(8);
  expect(first[1]).not.toEqual(first[0]);

  await page.reload();
  await page.getByTestId('history-button').click();
  await expect(page.getByTestId('history-list')).toContainText('a photo of a doctor');
  await page.getByTestId('history-open').first().click();
  await expect(tilesOf(page, 0)).toHaveCount(8);
  expect(await pixelsOf(page, 1)).toEqual(first[1]);

  const fresh = await browser.newContext();
  const other = await fresh.newPage();
  await other.goto(page.url());
  await expect(other.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
  await generate(other);
  await finished(other);
  expect([await pixelsOf(other, 0), await pixelsOf(other, 1)]).toEqual(first);
  await fresh.close();
  expect(elsewhere).toEqual([]);
});

test('cancel stops within a step and keeps what was finished', async ({ page }) => {
  await open(page, { ...TWO_LANES, images: 64, steps: 8 });
  await generate(page);
  await expect(tilesOf(page, 0).first()).toBeVisible({ timeout: 60_000 });
  const began = Date.now();
  await page.getByTestId('cancel').click();
  await finished(page, 5_000);
  test.info().annotations.push({ type: 'ms to stop', description: String(Date.now() - began) });
  const kept = await tilesOf(page, 0).count();
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(64);
  // The engine is free again.
  await page.getByTestId('count-input').fill('1');
  await generate(page);
  await finished(page);
  await expect(tilesOf(page, 0)).toHaveCount(1);
});

test('MIST at strength 0 draws the base lane to the pixel, at strength 1 it does not', async ({ page }) => {
  await open(page, {
    prompt: 'a photo of a nurse',
    images: 4,
    seeds: '7',
    steps: 6,
    batch: 2,
    lanes: ['base~Base', 'mist~Off~strength=0', 'mist~On~strength=1'],
  });
  await generate(page);
  await finished(page);
  const [base, off, on] = [await pixelsOf(page, 0), await pixelsOf(page, 1), await pixelsOf(page, 2)];
  expect(base).toHaveLength(4);
  expect(off).toEqual(base);
  expect(on).not.toEqual(base);
});

test('a picture can be inspected, compared, drawn again and restored from its own file', async ({ page }) => {
  await open(page, { ...TWO_LANES, images: 2, batch: 2 });
  await generate(page);
  await finished(page);
  await tilesOf(page, 0).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await page.getByTestId('replay').click();
  await expect(page.getByTestId('replay-result')).toContainText(/identical|same/i, { timeout: 60_000 });
  const download = page.waitForEvent('download');
  await page.getByTestId('download').click();
  const file = await (await download).path();

  await page.keyboard.press('Escape');
  await page.getByTestId('prompt-input').fill('two nurses');
  const bytes = (await import('node:fs')).readFileSync(file);
  const transfer = await page.evaluateHandle((base64) => {
    const data = new DataTransfer();
    const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    data.items.add(new File([raw], 'picture.png', { type: 'image/png' }));
    return data;
  }, bytes.toString('base64'));
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.getByTestId('prompt-input')).toHaveValue('a photo of a doctor');
});

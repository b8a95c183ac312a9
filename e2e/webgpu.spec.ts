import { expect, test } from '@playwright/test';
import { FAIR, serveVariants } from './madeVariants';
import { finished, generate, open, pixelsOf, tilesOf } from './studio';

/** Chromium's software adapter: the same shaders as on a graphics card, about 150 times slower than wasm. */
test('WebGPU draws what wasm draws, and a trained variant beside it', async ({ page }) => {
  test.setTimeout(500_000);
  await serveVariants(page, [FAIR]);
  await open(page, {
    backend: 'webgpu',
    prompt: 'a photo of a firefighter',
    images: 1,
    seeds: '3',
    steps: 1,
    batch: 1,
    lanes: ['base~Base', 'base~Fair~@variant=fair'],
  });
  await expect(page.getByTestId('engine-badge')).toContainText('WebGPU');
  await page.getByTestId('engine-badge').click();
  await page.getByTestId('device-check-button').click();
  const line = page.getByTestId('device-check');
  await expect(line).toContainText(/grees with the CPU/, { timeout: 300_000 });
  const text = (await line.textContent()) ?? '';
  test.info().annotations.push({ type: 'device check', description: text });
  expect(text).toMatch(/^Agrees/);
  await page.keyboard.press('Escape');

  await generate(page);
  await finished(page, 180_000);
  await expect(tilesOf(page, 0)).toHaveCount(1);
  await expect(tilesOf(page, 1)).toHaveCount(1);
  expect(await pixelsOf(page, 1)).not.toEqual(await pixelsOf(page, 0));
});

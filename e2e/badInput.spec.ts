import { expect, test } from '@playwright/test';
import { address, finished, generate, open, tilesOf } from './studio';

test('prompts: empty, too long, with words the model has never seen', async ({ page }) => {
  await open(page, { images: 1, steps: 2 });
  const prompt = page.getByTestId('prompt-input');
  await prompt.fill('');
  await expect(page.getByTestId('generate')).toBeDisabled();
  await expect(page.getByTestId('issues')).toContainText(/prompt/i);
  await prompt.fill(`a photo of ${'a doctor and '.repeat(40)}a nurse at the very end`);
  await expect(page.getByTestId('prompt-cut')).toContainText('a nurse at the very end');
  await prompt.fill('a photo of an astronaut');
  await expect(page.getByTestId('prompt-unknown')).toContainText('astronaut');
  await generate(page);
  await finished(page);
  await expect(tilesOf(page, 0)).toHaveCount(1);
});

test('amounts and seeds: zero, a thousand, not a number', async ({ page }) => {
  await open(page, { images: 1 });
  for (const count of ['0', '100000']) {
    await page.getByTestId('count-input').fill(count);
    await expect(page.getByTestId('generate')).toBeDisabled();
    await expect(page.getByTestId('issues')).toContainText(/image/i);
  }
  await page.getByTestId('count-input').fill('1');
  await page.getByTestId('seeds-input').fill('seven, -3');
  await expect(page.getByTestId('issues')).toContainText('seven');
  await expect(page.getByTestId('generate')).toBeDisabled();
});

test('links: from a newer version, by hand with nonsense in it', async ({ page }) => {
  await page.goto('./#v=99&prompt=a+photo+of+a+nurse&brightness=7');
  await expect(page.getByTestId('banner')).toContainText(/newer/i);
  await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
  await page.goto('about:blank');
  await page.goto(`${address({ prompt: 'a photo of a chef' })}&n=many&lane=magic~Wand&target=%%%`);
  await expect(page.getByTestId('banner').first()).toContainText(/many|magic/);
  await expect(page.getByTestId('prompt-input')).toHaveValue('a photo of a chef');
});

test('a model file that is missing, truncated or altered stops the load with its name', async ({ page }) => {
  const unet = '**/models/people/unet/model.onnx*';
  await page.route(unet, (route) => route.fulfill({ status: 404 }));
  await page.goto(address({}));
  const failed = page.getByTestId('load-failed');
  await expect(failed).toContainText('unet/model.onnx', { timeout: 60_000 });

  await page.unroute(unet);
  await page.route(unet, async (route) => {
    const body = await (await route.fetch()).body();
    body[body.length >> 1]! ^= 1;
    await route.fulfill({ body });
  });
  await page.reload();
  await expect(failed).toContainText('unet/model.onnx', { timeout: 60_000 });
  await expect(failed).toContainText(/altered|damaged|corrupt|differ|SHA|match/i);

  await page.unroute(unet);
  await page.route(unet, async (route) => {
    const body = await (await route.fetch()).body();
    await route.fulfill({ body: body.subarray(0, body.length - 1000) });
  });
  await page.reload();
  await expect(failed).toContainText('unet/model.onnx', { timeout: 60_000 });

  await page.unroute(unet);
  await page.reload();
  await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
});

test('without IndexedDB the studio says so and still draws', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', {
      value: {
        open: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      },
    });
  });
  await open(page, { images: 1, steps: 2, lanes: ['base~Base'] });
  await generate(page);
  await finished(page);
  await expect(tilesOf(page, 0)).toHaveCount(1);
  await expect(page.getByTestId('banner').first()).toContainText(/kept|stored|saved|storage/i);
});

test('a browser without WebGPU is told what runs instead, and why', async ({ playwright, baseURL }) => {
  const { executablePath, args } = test.info().project.use.launchOptions ?? {};
  const browser = await playwright.chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: (args ?? []).filter((flag) => flag !== '--enable-unsafe-webgpu'),
  });
  const page = await browser.newPage(baseURL === undefined ? {} : { baseURL });
  await page.goto(address({ backend: 'auto' }));
  await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
  await page.getByTestId('engine-badge').click();
  await expect(page.getByRole('dialog').getByText(/WebGPU.*CPU/)).toBeVisible();
  await page.goto('about:blank');
  await page.goto(address({ backend: 'webgpu' }));
  await expect(page.getByTestId('load-failed')).toContainText(/WebGPU/, { timeout: 60_000 });
  await expect(page.getByTestId('load-failed')).toContainText(/CPU/);
  await browser.close();
});

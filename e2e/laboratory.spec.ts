import { expect, type Page, test } from '@playwright/test';

const step = async (page: Page): Promise<number> =>
  Number(/Step (\d+)/.exec((await page.getByTestId('laboratory-step').textContent()) ?? '')?.[1] ?? 0);

test('a training in the laboratory is seen, paused, kept over a reload, and gone on with', async ({
  page,
}) => {
  await page.goto('/');
  await page.getByTestId('laboratory-button').click();
  await page.getByTestId('laboratory-start').click();
  // The first look comes after 50 steps.
  await expect(page.getByTestId('laboratory-samples').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId('laboratory-shares')).toBeVisible();
  await page.getByTestId('laboratory-pause').click();
  await expect(page.getByTestId('laboratory-step')).toContainText('paused');
  const paused = await step(page);
  expect(paused).toBeGreaterThanOrEqual(50);

  await page.getByTestId('laboratory-reset').click();
  await expect(page.getByTestId('laboratory-take-up')).toContainText(`step ${paused}`);
  await page.reload();
  await page.getByTestId('laboratory-button').click();
  await page.getByTestId('laboratory-take-up').click();
  await expect.poll(() => step(page), { timeout: 60_000 }).toBeGreaterThan(paused);
  await page.getByTestId('laboratory-pause').click();
  await page.getByTestId('laboratory-reset').click();
  await page.getByTestId('laboratory-forget').click();
  await expect(page.getByTestId('laboratory-take-up')).toHaveCount(0);
});

test('digits that do not arrive are said, and the page goes on', async ({ page }) => {
  await page.route('**/laboratory/digits.safetensors', (route) => route.fulfill({ body: 'nonsense' }));
  await page.goto('/');
  await page.getByTestId('laboratory-button').click();
  await page.getByTestId('laboratory-start').click();
  await expect(page.getByTestId('laboratory-problem')).toContainText('digits.safetensors');
  await expect(page.getByTestId('laboratory-start')).toBeEnabled();
});

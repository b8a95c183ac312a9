import { expect, test } from '@playwright/test';
import { finished, generate, open, tilesOf } from './studio';

const TWO = { images: 2, steps: 3, batch: 2, seeds: '3', lanes: ['base~Base', 'attribute-prompt~Even'] };

test('base and method are looked into together: step by step, word by word, close up', async ({ page }) => {
  await open(page, TWO);
  await generate(page);
  await finished(page);
  await tilesOf(page, 1).first().click();
  const [own, other] = [page.getByTestId('dialog-image'), page.getByTestId('other-image')];
  await expect(own).toBeVisible();
  await expect(other).toBeVisible();

  await page.getByTestId('inspect').click();
  await expect(page.getByTestId('filmstrip').getByRole('button')).toHaveCount(4, { timeout: 60_000 });
  await expect(page.getByTestId('inspect')).toBeHidden({ timeout: 60_000 });
  // A frame of each lane at every step.
  await expect(page.getByTestId('filmstrip').locator('canvas')).toHaveCount(8);
  await page.getByTestId('step-slider').fill('1');
  await expect(page.getByTestId('step-name')).toHaveText('Step 2 of 3');
  await expect(own).toBeHidden();
  await expect(other).toBeHidden();

  await page.getByRole('group', { name: 'Words of the prompt' }).getByText('doctor').click();
  await expect(page.getByTestId('attention-overlay')).toHaveCount(2);
  // A word that only the method's prompt holds is looked for in its picture alone.
  await page
    .getByRole('group', { name: 'Words of the prompt' })
    .getByText(/^(fe)?male$/)
    .click();
  await expect(page.getByTestId('attention-overlay')).toHaveCount(1);
  await page.getByTestId('layer-select').selectOption({ index: 1 });
  await expect(page.getByTestId('attention-overlay')).toHaveCount(1);

  await page.getByTestId('zoom-in').click();
  const looks = await page
    .locator('[role="dialog"] figure > div > div')
    .evaluateAll((layers) => layers.map((layer) => (layer as HTMLElement).style.transform));
  expect(looks).toHaveLength(2);
  expect(looks[0]).toMatch(/scale\(1\.5\)/);
  expect(looks[1]).toBe(looks[0]);

  // The next seed, in both at once; what was drawn again for this one is not asked of that one.
  await page.getByTestId('next').click();
  await expect(page.getByRole('dialog')).toContainText('seed 4');
  await expect(page.getByTestId('inspect')).toBeVisible();
  await expect(other).toBeVisible();
});

test('an inspection can be stopped, and the engine is free again', async ({ page }) => {
  await open(page, { ...TWO, images: 1, batch: 1, steps: 40, lanes: ['base~Base'] });
  await generate(page);
  await finished(page);
  await tilesOf(page, 0).first().click();
  await page.getByTestId('inspect').click();
  await page.getByTestId('inspect-stop').click();
  await expect(page.getByTestId('step-by-step')).toContainText('Stopped', { timeout: 8_000 });
  await expect(page.getByTestId('inspect')).toBeEnabled();
});

test('the trade-off: what is missing is said, then every lane is a point with its numbers', async ({
  page,
}) => {
  await open(page, { ...TWO, lanes: ['base~Base'] });
  await generate(page);
  await finished(page);
  await page.getByTestId('comparison-view').getByText('Trade-off').click();
  await expect(page.getByTestId('tradeoff-empty')).toContainText('Add a lane');
  await page.getByTestId('add-lane').click();
  await page.getByTestId('method-attribute-prompt').click();
  await generate(page);
  await finished(page);
  const chart = page.getByTestId('tradeoff-chart').getByRole('img').first();
  await expect(chart).toHaveAttribute('aria-label', /Attribute prompts: change 0\.\d\d .* over 2 pictures/, {
    timeout: 30_000,
  });
  await page.getByTestId('tradeoff-chart-table-toggle').click();
  await expect(page.getByTestId('tradeoff-chart').getByRole('row')).toHaveCount(3);
});

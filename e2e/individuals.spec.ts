import { expect, test } from '@playwright/test';
import { finished, generate, open, pixelsOf, tilesOf } from './studio';

const LANES = ['base~Base', 'attention-guidance~Individuals'];

test('two people of one picture are given a value each, and who was given what can be seen on it', async ({
  page,
}) => {
  await open(page, { prompt: 'a photo of two doctors', images: 1, seeds: '3', steps: 8, lanes: LANES });
  await generate(page);
  await finished(page);
  await tilesOf(page, 1).first().click();
  const regions = page.getByTestId('regions');
  await expect(regions).toBeVisible();
  await expect(regions).toContainText('woman');
  await expect(regions).toContainText(/\bman/);
  const did = page.getByTestId('method-did');
  await expect(did).toContainText('Doctor 1');
  await expect(did).toContainText(/Doctor 2\s*asked for (wo)?man, \d+ % of the layers’ votes/);
  await page.getByTestId('regions-switch').uncheck({ force: true });
  await expect(regions).toBeHidden();
});

test('more people than the picture has: it is said, and the base picture stands', async ({ page }) => {
  await open(page, {
    ...{ prompt: 'a photo of nine doctors', images: 1, seeds: '3', steps: 4, lanes: LANES },
  });
  await generate(page);
  await finished(page);
  expect(await pixelsOf(page, 1)).toEqual(await pixelsOf(page, 0));
  await tilesOf(page, 1).first().click();
  await expect(page.getByTestId('method-did')).toContainText('The prompt shows 9 people');
  await expect(page.getByTestId('regions')).toHaveCount(0);
});

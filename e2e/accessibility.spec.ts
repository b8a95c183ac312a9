import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { finished, generate, open, tilesOf } from './studio';

async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious, ${scheme}, ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await open(page, { images: 2, steps: 2, lanes: ['base~Base', 'mist~MIST'] });
      expect(await serious(page)).toEqual([]);
      await page.getByTestId('add-lane').click();
      await expect(page.getByTestId('method-base')).toBeVisible();
      expect(await serious(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByTestId('method-base')).toBeHidden();
      await generate(page);
      await finished(page);
      expect(await serious(page)).toEqual([]);
      // Nothing sticks out sideways.
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      await tilesOf(page, 0).first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await serious(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByTestId('labels-button').click();
      await page.getByTestId('labels-rater').fill('Ada');
      expect(await serious(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByTestId('laboratory-button').click();
      await expect(page.getByTestId('laboratory-start')).toBeVisible();
      expect(await serious(page)).toEqual([]);
    });
  }
}

test('the whole way by keyboard: prompt, generate, stop, open a picture, walk on, close', async ({
  page,
}) => {
  await open(page, { images: 3, steps: 2, lanes: ['base~Base'] });
  await page.getByTestId('prompt-input').focus();
  await page.keyboard.press('Control+Enter');
  await finished(page);
  await expect(tilesOf(page, 0)).toHaveCount(3);
  await tilesOf(page, 0).first().focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  const before = await dialog.textContent();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => dialog.textContent()).not.toBe(before);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

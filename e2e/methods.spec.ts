import { existsSync, readdirSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { finished, generate, open, pixelsOf, tilesOf } from './studio';

const FOLDER = new URL('../workers/methods/', import.meta.url);
/** As the picker finds them: every folder with a spec. The base model is the lane that the others stand beside. */
const METHODS = readdirSync(FOLDER).filter(
  (name) => name !== 'base' && existsSync(new URL(`${name}/spec.ts`, FOLDER)),
);

/** What a method needs before it can do anything, by hand under Tune. */
const PREPARE: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  uce: (page) => page.getByRole('textbox', { name: 'Weight of "female"' }).fill('1.5'),
};
/** Needs a projector: without one it must say so, and leave the base lane as it is. With one: projectors.spec.ts. */
const REFUSED = ['rs-corrector'];

/** One page for all: the model is loaded once, and each method takes the second lane in turn. */
test.describe
  .serial('every method of the picker, on the real model', () => {
    let page: Page;
    let base: string[];
    test.beforeAll(async ({ browser }) => {
      page = await browser.newPage({ baseURL: test.info().project.use.baseURL ?? '' });
      await open(page, { images: 2, steps: 2, batch: 2, seeds: '11', lanes: ['base~Base'] });
    });
    test.afterAll(() => page.close());

    test('the picker holds all of them, finds by author, and is walked by keyboard', async () => {
      await page.getByTestId('add-lane').focus();
      await page.keyboard.press('Enter');
      const search = page.getByTestId('method-search');
      await expect(search).toBeFocused();
      for (const id of METHODS) await expect(page.getByTestId(`method-${id}`)).toBeVisible();
      await page.keyboard.type('yesiltepe');
      await expect(page.locator('[data-method]')).toHaveCount(1);
      await page.keyboard.press('ArrowDown');
      await expect(page.getByTestId('method-mist')).toBeFocused();
      await page.keyboard.press('Escape');
      await expect(search).toBeHidden();
      await generate(page);
      await finished(page);
      base = await pixelsOf(page, 0);
      expect(base).toHaveLength(2);
    });

    for (const id of METHODS) {
      test(id, async () => {
        if (await page.getByTestId('lane-1').isVisible()) {
          await page.getByTestId('lane-1').getByTestId('lane-menu').click();
          await page.getByTestId('lane-remove').click();
        }
        await page.getByTestId('add-lane').click();
        await page.getByTestId(`method-${id}`).click();
        const lane = page.getByTestId('lane-1');
        if (PREPARE[id]) {
          await lane.getByTestId('lane-tune').click();
          await PREPARE[id](page);
          await page.keyboard.press('Escape');
        }
        const refused = REFUSED.includes(id);
        await expect(lane.getByTestId('lane-conflict')).toHaveCount(refused ? 1 : 0);
        await generate(page);
        await finished(page);
        expect(await pixelsOf(page, 0)).toEqual(base);
        await expect(tilesOf(page, 0)).toHaveCount(2);
        await expect(lane.getByTestId('lane-error')).toHaveCount(refused ? 1 : 0);
        await expect(tilesOf(page, 1)).toHaveCount(refused ? 0 : 2);
        if (refused) return;
        await tilesOf(page, 1).first().click();
        await expect(page.getByTestId('dialog-image')).toBeVisible();
        await expect(page.getByTestId('method-did')).toContainText(/\w/);
        await page.keyboard.press('Escape');
        await expect(page.getByTestId('dialog-image')).toBeHidden();
      });
    }
  });

import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { finished, generate, open, pixelsOf, tilesOf } from './studio';

test('RS-Corrector: a projector is stopped, trained, used, saved, deleted, refused when broken, and brought back', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const lanes = ['base~Base', 'rs-corrector~Corrected'];
  await open(page, {
    prompt: 'a photo of a dark-skinned person',
    images: 6,
    steps: 6,
    batch: 6,
    seeds: '11',
    lanes,
  });
  const lane = page.getByTestId('lane-1');
  const list = page.getByTestId('projector-list');
  const openDrawer = async () => {
    await lane.getByTestId('lane-tune').click();
    await page.getByTestId('projector-open').click();
  };
  const closeDrawer = async () => {
    await page.getByRole('button', { name: 'Close projectors' }).click();
    await expect(page.getByTestId('projector-import')).toBeHidden();
    await page.keyboard.press('Escape');
  };
  await expect(lane.getByTestId('lane-conflict')).toBeVisible();

  // Stopped: nothing is kept, and the form is there again.
  await openDrawer();
  await page.getByTestId('projector-count').fill('40');
  await page.getByTestId('projector-train').click();
  await expect(page.getByTestId('projector-training')).toContainText('of 240 pictures');
  await page.getByTestId('projector-cancel').click();
  await expect(page.getByTestId('projector-form')).toBeVisible({ timeout: 30_000 });
  await expect(list).toHaveCount(0);

  // Trained: the lane that asked for it has it.
  await page.getByTestId('projector-count').fill('40');
  await page.getByTestId('projector-new-name').fill('Age and face');
  await page.getByTestId('projector-train').click();
  await expect(page.getByTestId('projector-training')).toContainText('of 300 steps', { timeout: 90_000 });
  await expect(list).toBeVisible({ timeout: 90_000 });
  await expect(page.getByTestId('projector-name')).toHaveValue('Age and face');
  await expect(list).toContainText('of unseen pairs apart');
  const saving = page.waitForEvent('download');
  await page.getByTestId('projector-export').click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('Age-and-face.safetensors');
  const file = readFileSync(await saved.path());
  await closeDrawer();
  await expect(lane.getByTestId('lane-conflict')).toHaveCount(0);
  await generate(page);
  await finished(page);
  const [base, corrected] = [await pixelsOf(page, 0), await pixelsOf(page, 1)];
  // Pictures that look as fair as the fair set are left alone.
  const moved = corrected.findIndex((hash, i) => hash !== base[i]);
  expect(moved).toBeGreaterThanOrEqual(0);
  await tilesOf(page, 1).nth(moved).click();
  await expect(page.getByTestId('method-did')).toContainText('Stereotype before');
  await page.keyboard.press('Escape');

  // Deleted: the lane says so and draws nothing, the base lane is as it was.
  await openDrawer();
  await page.getByTestId('projector-delete').click();
  await expect(list).toHaveCount(0);
  await closeDrawer();
  await generate(page);
  await finished(page);
  await expect(lane.getByTestId('lane-error')).toBeVisible();
  await expect(tilesOf(page, 1)).toHaveCount(0);
  expect(await pixelsOf(page, 0)).toEqual(base);

  // A broken file is refused in words; the saved one corrects to the bit as before.
  await openDrawer();
  const choose = async (buffer: Buffer) => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByTestId('projector-import').click();
    await (await choosing).setFiles({ name: 'p.safetensors', mimeType: 'application/octet-stream', buffer });
  };
  await choose(file.subarray(0, file.length / 2));
  await expect(page.getByTestId('banner').first()).toContainText(/projector|file/i);
  await expect(list).toHaveCount(0);
  await choose(file);
  await expect(page.getByTestId('projector-name')).toHaveValue('Age and face');
  await closeDrawer();
  await generate(page);
  await finished(page);
  expect(await pixelsOf(page, 0)).toEqual(base);
  expect(await pixelsOf(page, 1)).toEqual(corrected);
});

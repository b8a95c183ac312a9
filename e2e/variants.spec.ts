import { expect, type Page, test } from '@playwright/test';
import { FAIR, loraFile, OLD, serveVariants, WORD } from './madeVariants';
import { finished, generate, open, pixelsOf, tilesOf } from './studio';

const FEW = { images: 2, steps: 2, batch: 2, seeds: '11', lanes: ['base~Base'] };
const pick = async (page: Page, id: string) => {
  await page.getByTestId('add-lane').click();
  await page.getByTestId(`variant-${id}`).click();
};

test('a trained variant is picked like a method, tuned, told, shared and kept', async ({ page }) => {
  const asked = await serveVariants(page, [FAIR, WORD, OLD]);
  await open(page, FEW);
  await pick(page, 'fair');
  const lane = page.getByTestId('lane-1');
  await expect(lane.getByTestId('lane-name')).toHaveValue('Fair people');
  await expect(lane.getByTestId('lane-variant')).toContainText('Drawn by Fair people');
  await pick(page, 'word');
  await generate(page);
  await finished(page);
  const [base, full, word] = [await pixelsOf(page, 0), await pixelsOf(page, 1), await pixelsOf(page, 2)];
  expect(new Set([...base, ...full, ...word]).size).toBe(6);
  // The model itself came once.
  expect(asked.filter((path) => path === 'unet/model.onnx')).toHaveLength(1);
  expect(asked.filter((path) => path === 'text_encoder/model.onnx')).toHaveLength(1);
  expect(asked.filter((path) => path.endsWith('delta.safetensors'))).toHaveLength(2);

  // At strength 0 it is the base, to the bit.
  await lane.getByTestId('lane-tune').click();
  const strength = page.getByRole('slider', { name: 'Strength of the variant' });
  await strength.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Escape');
  await expect(lane.getByTestId('lane-variant')).toContainText('Fair people at 0');
  await expect(lane.getByTestId('lane-conflict')).toContainText('At strength 0');
  await expect(lane.getByTestId('lane-changed')).toBeVisible();
  await generate(page);
  await finished(page);
  expect(await pixelsOf(page, 1)).toEqual(base);
  expect(await pixelsOf(page, 0)).toEqual(base);

  // The link holds it; so does the picture.
  await expect.poll(() => page.url()).toContain('@variant=fair~@strength=0&');
  await page.reload();
  await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
  await expect(lane.getByTestId('lane-variant')).toContainText('Fair people at 0');
  await expect(page.getByTestId('lane-2').getByTestId('lane-variant')).toContainText('A learned word');
  await lane.getByTestId('lane-tune').click();
  await strength.focus();
  for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await generate(page);
  await finished(page);
  await tilesOf(page, 1).first().click();
  await page.getByText('How it was made').click();
  await expect(page.getByRole('dialog')).toContainText('Fair people at 0.5');
  await page.getByText('Metadata inside the file').click();
  await expect(page.getByTestId('metadata-json')).toContainText('"strength": 0.5');
  await page.getByTestId('replay').click();
  await expect(page.getByTestId('replay-result')).toContainText(/same|identical|equal/i, { timeout: 60_000 });
});

test('its card says what it is, what it changes here and what is lost', async ({ page }) => {
  await serveVariants(page, [FAIR, OLD]);
  await open(page, FEW);
  await page.getByTestId('add-lane').click();
  await page.getByTestId('place-trained').click();
  await expect(page.locator('[data-method]')).toHaveCount(2);
  const cards = page.getByTestId('method-picker');
  await expect(cards).toContainText('it was made for another version of this file');
  await cards.getByRole('button', { name: 'Card' }).first().click();
  const card = page.getByTestId('variant-card');
  await expect(card).toContainText('fairness discrepancy', { ignoreCase: true });
  await expect(card).toContainText('python -m training.none --alpha 0.05');
  const sizes = card.getByTestId('variant-sizes');
  await expect(sizes).toContainText(/unet\/model\.onnx: 14 weights changed by [\d.]+ % of their size/);
  await expect(sizes).toContainText(/unet_fast\/model\.onnx/);
  await expect(sizes).toContainText(/rounded by [\d.]+ % \(int8\)/);
});

test('a LoRA file is imported, survives the page, and what is none is refused in words', async ({ page }) => {
  await serveVariants(page, []);
  await open(page, FEW);
  const bring = async (name: string, bytes: Uint8Array) => {
    await page.getByTestId('add-lane').click();
    const chooser = page.waitForEvent('filechooser');
    await page.getByTestId('variant-import').click();
    const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
    await (await chooser).setFiles(file);
  };
  const banner = page.getByTestId('banner');
  const refused = async (name: string, bytes: Uint8Array, text: RegExp) => {
    await bring(name, bytes);
    await expect(banner.first()).toContainText(text);
    await page.keyboard.press('Escape');
    await banner.first().getByRole('button', { name: /close/i }).click();
  };
  const good = loraFile();
  const header = new Uint8Array(64);
  new DataView(header.buffer).setBigUint64(0, 6_000_000_000n, true);
  await refused('huge.safetensors', header, /its header claims 6000000000 bytes/);
  await refused('cut.safetensors', good.subarray(0, good.length - 100), /ends at byte \d+ of the data/);
  const tensor = (shape: number[]) => ({ shape, data: new Float32Array(shape[0]! * shape[1]!) });
  const other = { 'unet.conv_in.lora_A.weight': tensor([2, 9]) };
  await refused('half.safetensors', loraFile(other), /conv_in has no up projection/);
  const sdxl = { ...other, 'unet.conv_in.lora_B.weight': tensor([3, 2]) };
  await refused('shape.safetensors', loraFile(sdxl), /conv_in is \[3, 9\] in the delta and \[96, 24, 3, 3\]/);

  await bring('mine.safetensors', good);
  await expect(page.getByTestId('toast')).toContainText('Imported “mine”');
  await page.locator('[data-method^="file-"]').click();
  await expect(page.getByTestId('lane-1').getByTestId('lane-variant')).toContainText('Drawn by mine');
  await expect.poll(() => page.url()).toContain('@variant=file-');
  await page.reload();
  await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
  await expect(page.getByTestId('lane-1').getByTestId('lane-variant')).toContainText('Drawn by mine');
  await generate(page);
  await finished(page);
  await expect(tilesOf(page, 1)).toHaveCount(2);
  expect(await pixelsOf(page, 1)).not.toEqual(await pixelsOf(page, 0));

  // Deleted, the lane says so, and the base lane goes on.
  await page.getByTestId('add-lane').click();
  await page.getByRole('button', { name: 'Delete mine' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('lane-1').getByTestId('lane-conflict')).toContainText(
    'nor kept in this browser',
  );
  await generate(page);
  await finished(page);
  await expect(tilesOf(page, 0)).toHaveCount(2);
  await expect(page.getByTestId('lane-1').getByTestId('lane-error')).toBeVisible();
});

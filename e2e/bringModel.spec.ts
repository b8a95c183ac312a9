import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { COMMIT, REPO, startHub, type TestHub } from '../workers/models/testing/hubServer';
import { address, finished, generate, open, tilesOf } from './studio';

const TINY = 'workers/pipeline/golden/tiny';

const openModels = async (page: Page) => {
  await page.getByTestId('model-button').click();
  await page.getByTestId('models-tab').click();
};
const closeDrawer = (page: Page) => page.getByLabel('Close the model card').click();
const modelButton = (page: Page) => page.getByTestId('model-button');

/** The tiny pipeline without its manifest, as an export lies on a disk, with the changes given. */
function exportedFolder(change: (folder: string) => void = () => {}): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'evenhand-')), 'tiny-sd');
  cpSync(TINY, folder, { recursive: true });
  rmSync(join(folder, 'manifest.json'));
  change(folder);
  return folder;
}

async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.getByTestId('model-folder-input').setInputFiles(folder);
}

async function draws(page: Page): Promise<void> {
  await generate(page);
  await finished(page);
  await expect(tilesOf(page, 0)).toHaveCount(2);
}

test.describe('a folder', () => {
  test('opens in the studio, draws in every lane, and the embedded model comes back', async ({ page }) => {
    await open(page, { images: 2, steps: 2, lanes: ['base~Base', 'time~TIME'] });
    await openModels(page);
    await chooseFolder(page, exportedFolder());
    await expect(page.getByTestId('candidate')).toContainText('tiny-sd');
    await expect(page.getByTestId('fit')).toContainText('CPU');
    await page.getByTestId('candidate-open').click();
    await expect(page.getByTestId('loaded-model')).toHaveText('tiny-sd', { timeout: 60_000 });
    await closeDrawer(page);
    await page.getByTestId('steps-input').fill('2');
    await draws(page);
    await expect(tilesOf(page, 1)).toHaveCount(2);
    await expect(page.getByTestId('banner')).toHaveCount(0);

    await openModels(page);
    await page.getByTestId('open-embedded').click();
    await expect(page.getByTestId('loaded-model')).toContainText('ships with this page', { timeout: 60_000 });
    await closeDrawer(page);
    await page.getByTestId('steps-input').fill('2');
    await draws(page);
  });

  test('that cannot be opened says why and leaves the loaded model working', async ({ page }) => {
    await open(page, { images: 2, steps: 2, lanes: ['base~Base'] });
    await openModels(page);
    const error = page.getByTestId('models-error');

    await chooseFolder(
      page,
      exportedFolder((folder) => rmSync(join(folder, 'unet/model.onnx'))),
    );
    await expect(error).toContainText('unet/model.onnx');

    await chooseFolder(
      page,
      exportedFolder((folder) =>
        cpSync(join(folder, 'text_encoder'), join(folder, 'text_encoder_2'), { recursive: true }),
      ),
    );
    await expect(error).toContainText('SDXL');

    const onlyZip = mkdtempSync(join(tmpdir(), 'evenhand-'));
    writeFileSync(join(onlyZip, 'sd15.zip'), 'PK');
    await chooseFolder(page, onlyZip);
    await expect(error).toContainText('Unpack');

    // Read well enough to be offered, found broken by the engine.
    await chooseFolder(
      page,
      exportedFolder((folder) =>
        writeFileSync(join(folder, 'scheduler/scheduler_config.json'), '{ "beta_start": '),
      ),
    );
    await page.getByTestId('candidate-open').click();
    await expect(error).toContainText('scheduler/scheduler_config.json', { timeout: 60_000 });
    await expect(page.getByTestId('loaded-model')).toContainText('ships with this page');
    await closeDrawer(page);
    await draws(page);
  });

  test('must not be a zip: one dropped on the page is told what to do', async ({ page }) => {
    await open(page, { images: 2, steps: 2, lanes: ['base~Base'] });
    const dataTransfer = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['PK'], 'sd15.zip'));
      return transfer;
    });
    await page.dispatchEvent('body', 'drop', { dataTransfer });
    await expect(page.getByTestId('models-error')).toContainText(/sd15\.zip.*Unpack/);
  });

  test('is remembered across a reload, and one that was deleted is told so', async ({ page }) => {
    await open(page, { images: 2, steps: 2, lanes: ['base~Base'] });
    // The browser's own dialog cannot be pressed by a test; a folder of its private file system has the same kind of handle.
    await page.addInitScript(() => {
      Object.defineProperty(window, 'showDirectoryPicker', {
        value: async () =>
          (await navigator.storage.getDirectory()).getDirectoryHandle('my-model', { create: true }),
      });
    });
    await page.reload();
    await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
    await openModels(page);
    await page.getByTestId('model-folder').click();
    await expect(page.getByTestId('models-error')).toContainText('model_index.json');

    await page.reload();
    await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
    await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('my-model'));
    await openModels(page);
    const remembered = page.getByTestId('remembered-folder');
    await expect(remembered).toContainText('my-model');
    await remembered.getByRole('button', { name: 'Open' }).click();
    await expect(page.getByTestId('models-error')).toContainText('no longer where it was');
    await remembered.getByRole('button', { name: 'Forget' }).click();
    await expect(remembered).toHaveCount(0);
  });
});

test.describe('a hub', () => {
  let hub: TestHub;
  test.beforeEach(async () => {
    hub = await startHub(TINY, 'dist');
  });
  test.afterEach(() => hub.close());

  const start = async (page: Page) => {
    await page.goto(`${hub.origin}/${address({ images: 2, steps: 2, lanes: ['base~Base'] }).slice(2)}`);
    await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
    await openModels(page);
  };
  const lookUp = async (page: Page) => {
    await page.getByTestId('hub-address').fill(`${hub.origin}/${REPO}`);
    await page.getByTestId('hub-look-up').click();
  };

  test('is asked for its list alone; a download that breaks at 60 % goes on by itself', async ({ page }) => {
    await start(page);
    await lookUp(page);
    const offer = page.getByTestId('offer');
    await expect(offer).toContainText(COMMIT);
    await expect(offer).toContainText('unet/model.onnx');
    await expect(page.getByTestId('offer-quota')).toContainText(/kB to download.*room for/);
    expect(hub.asked).toEqual([]);

    hub.breakAt('unet/model.onnx', 0.6);
    await page.getByTestId('offer-download').click();
    await expect(page.getByTestId('download')).toHaveAttribute('data-waiting', 'true', { timeout: 30_000 });
    hub.back();
    await expect(page.getByTestId('candidate')).toContainText(REPO, { timeout: 60_000 });
    const unet = hub.asked.filter((line) => line.startsWith('unet/model.onnx'));
    expect(unet).toEqual(['unet/model.onnx', expect.stringMatching(/^unet\/model\.onnx bytes=1[67]\d{4}-$/)]);
    await expect(page.getByTestId('stored-model')).toContainText(COMMIT.slice(0, 12));

    await page.getByTestId('candidate-open').click();
    await expect(page.getByTestId('loaded-model')).toHaveText(REPO, { timeout: 60_000 });
    await closeDrawer(page);
    await expect(modelButton(page)).toContainText(REPO);
    await page.getByTestId('steps-input').fill('2');
    await draws(page);

    // Kept: after a reload, and without the hub.
    hub.asked.length = 0;
    await page.reload();
    await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
    await openModels(page);
    await page.getByTestId('stored-open').click();
    await page.getByTestId('candidate-open').click();
    await expect(page.getByTestId('loaded-model')).toHaveText(REPO, { timeout: 60_000 });
    expect(hub.asked).toEqual([]);
    await page.getByTestId('stored-delete').click();
    await expect(page.getByTestId('stored-models')).toContainText('No downloaded model');
  });

  test('can be left half-way and gone on with after a reload', async ({ page }) => {
    await start(page);
    await lookUp(page);
    hub.breakAt('unet/model.onnx', 0.6);
    await page.getByTestId('offer-download').click();
    await expect(page.getByTestId('download')).toHaveAttribute('data-waiting', 'true', { timeout: 30_000 });
    hub.back();
    await page.getByTestId('download-stop').click();
    await page.reload();
    await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
    await openModels(page);
    await expect(page.getByTestId('stored-model')).toContainText(/\d+ kB of \d+ kB/);
    await page.getByTestId('stored-resume').click();
    await expect(page.getByTestId('candidate')).toContainText(REPO, { timeout: 60_000 });
  });

  test('whose model fills the storage half-way says so, and goes on once there is room', async ({ page }) => {
    await start(page);
    const browser = await page.context().newCDPSession(page);
    const leave = async (room: number | undefined) => {
      const usage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
      await browser.send('Storage.overrideQuotaForOrigin', {
        origin: hub.origin,
        ...(room === undefined ? {} : { quotaSize: usage + room }),
      });
    };
    await lookUp(page);
    await expect(page.getByTestId('offer-download')).toBeEnabled();
    await leave(200_000);
    await page.getByTestId('offer-download').click();
    await expect(page.getByTestId('models-error')).toContainText(/no room left.*Go on/, { timeout: 30_000 });
    await expect(page.getByTestId('stored-model')).toContainText(/\d+ kB of \d+ kB/);
    await leave(undefined);
    await page.getByTestId('stored-resume').click();
    await expect(page.getByTestId('candidate')).toContainText(REPO, { timeout: 60_000 });
  });

  test('whose file is not what it lists is refused, and the page goes on', async ({ page }) => {
    hub.lie('unet/model.onnx', 'a'.repeat(64));
    await start(page);
    await lookUp(page);
    await page.getByTestId('offer-download').click();
    await expect(page.getByTestId('models-error')).toContainText(/unet\/model\.onnx.*SHA-256/, {
      timeout: 30_000,
    });
    await page.getByTestId('hub-address').fill('https://elsewhere.example/o/n');
    await page.getByTestId('hub-look-up').click();
    await expect(page.getByTestId('models-error')).toContainText('elsewhere.example');
    await closeDrawer(page);
    await draws(page);
  });
});

import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { ImageResult } from '../workers/protocol';
import { finished, generate, open, tilesOf } from './studio';

type StoredImage = Pick<ImageResult, 'laneId' | 'index' | 'people'>;

const PACK = 'workers/perception/pack/golden';

async function openModels(page: Page): Promise<void> {
  await page.getByTestId('model-button').click();
  await page.getByTestId('models-tab').click();
}

const chooseFolder = (page: Page, folder: string) =>
  page.getByTestId('model-folder-input').setInputFiles(folder);

test('a perception pack reads the pictures in place of the model’s own reader, and is let go', async ({
  page,
}) => {
  await open(page, { images: 2, steps: 4, lanes: ['base~Base'] });
  await openModels(page);
  await expect(page.getByTestId('perception-now')).toContainText('own reader');

  const broken = join(mkdtempSync(join(tmpdir(), 'evenhand-')), 'broken-pack');
  cpSync(PACK, broken, { recursive: true });
  rmSync(join(broken, 'glasses.onnx'));
  await chooseFolder(page, broken);
  await expect(page.getByTestId('models-error')).toContainText('glasses.onnx');
  await expect(page.getByTestId('perception-now')).toContainText('own reader');

  await chooseFolder(page, PACK);
  const section = page.getByTestId('perception-section');
  await expect(page.getByTestId('perception-now')).toHaveText('Tiny (random weights, for tests)', {
    timeout: 30_000,
  });
  await expect(section).toContainText('85 %');
  await expect(section).toContainText('MIT');
  await page.getByLabel('Close the model card').click();
  await generate(page);
  await finished(page);
  await expect(tilesOf(page, 0)).toHaveCount(2);
  // Its finder frames two persons in whatever picture.
  await page.getByTestId('attribute-switch').getByText('Glasses').click();
  await expect(page.getByTestId('shares-chart')).toContainText('n = ');
  await tilesOf(page, 0).first().click();
  await expect(page.getByTestId('person-reading')).toHaveCount(2);
  await page.keyboard.press('Escape');

  await openModels(page);
  await page.getByTestId('perception-drop').click();
  await expect(page.getByTestId('perception-now')).toContainText('own reader');
});

test('pictures are labelled by hand, kept, saved, and taken in again', async ({ page }) => {
  await open(page, {
    images: 4,
    steps: 4,
    seeds: '1-4',
    lanes: ['base~Base'],
    prompt: 'a photo of a doctor',
  });
  await generate(page);
  await finished(page);
  await page.getByTestId('labels-button').click();
  await expect(page.getByTestId('labels-place')).toHaveText(/Person 1 of \d/);
  await expect(page.getByTestId('label-gender-woman')).toBeDisabled();
  await page.getByTestId('labels-rater').fill('Ada');
  await page.getByTestId('labels-place').click();
  // The value of the first attribute by its key, then the next attribute is asked for.
  await page.keyboard.press('1');
  await expect(page.getByTestId('label-gender-woman')).toHaveAttribute('aria-checked', 'true');
  await page.keyboard.press('Backspace');
  await expect(page.getByTestId('label-gender-woman')).toHaveAttribute('aria-checked', 'false');
  await page.keyboard.press('2');
  await page.keyboard.press('1');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('labels-place')).toHaveText(/Person 2 of/);
  await page.keyboard.press('2');

  await page.getByTestId('labels-agreement-tab').click();
  const study = page.getByTestId('labels-study-gender');
  await expect(study).toContainText('2 persons labelled');
  const saving = page.waitForEvent('download');
  await page.getByTestId('labels-save').click();
  const csv = readFileSync(await (await saving).path(), 'utf8');
  expect(csv.trim().split('\r\n')).toHaveLength(4);

  // A second rater's file, with one other answer.
  const other = csv.replaceAll(',Ada', ',Ben').replace(',gender,man,Ben', ',gender,woman,Ben');
  const give = (text: string) =>
    page
      .getByTestId('labels-input')
      .setInputFiles({ name: 'labels.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await give(other.replace(',gender,woman', ',gender,perhaps'));
  await expect(page.getByTestId('labels-problem')).toContainText('“perhaps”');
  await give(other);
  await expect(page.getByTestId('labels-problem')).toHaveCount(0);
  await expect(study).toContainText('2 raters agree on 50 % of 2');

  // Kept over a reload, with the run.
  await page.reload();
  await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
  await page.getByTestId('history-button').click();
  await page.getByTestId('history-open').first().click();
  await page.keyboard.press('Escape');
  await page.getByTestId('labels-button').click();
  await page.getByTestId('labels-agreement-tab').click();
  await expect(page.getByTestId('labels-study-gender')).toContainText('2 raters agree');
});

test('labels by hand say how the reader errs, and the charts are corrected by it', async ({ page }) => {
  await open(page, {
    images: 24,
    steps: 4,
    seeds: '1-24',
    lanes: ['base~Base'],
    prompt: 'a photo of a person',
  });
  await generate(page);
  await finished(page);
  // Everybody who was read as a man is labelled so but every third, who is labelled a woman: so many the reader gets wrong.
  const rows: string[] = [];
  let men = 0;
  for (const { laneId, index, people } of await keptImages(page)) {
    for (const [person, { attributes }] of people.entries()) {
      const [woman = 0] = attributes.gender ?? [];
      const value = woman <= 0.5 && ++men % 3 > 0 ? 'man' : 'woman';
      rows.push(`${laneId},${index},${person},gender,${value},Ada`);
    }
  }
  await page.getByTestId('labels-button').click();
  await page.getByTestId('labels-agreement-tab').click();
  await page.getByTestId('labels-rater').waitFor({ state: 'detached' });
  const run = await page.getByTestId('labels').getAttribute('data-run');
  const text = ['run,lane,index,person,attribute,value,rater', ...rows.map((row) => `${run},${row}`)].join(
    '\n',
  );
  await page
    .getByTestId('labels-input')
    .setInputFiles({ name: 'labels.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByTestId('labels-correct').check();
  await page.keyboard.press('Escape');
  const chart = page.getByTestId('shares-chart');
  await expect(chart).toContainText('labelled by hand');
  await page.getByTestId('shares-chart-table-toggle').click();
  await expect(chart.locator('thead')).toContainText('Corrected');
});

/** The pictures of the newest run, as the browser keeps them. */
const keptImages = (page: Page): Promise<StoredImage[]> =>
  page.evaluate(
    () =>
      new Promise<StoredImage[]>((done, fail) => {
        const opening = indexedDB.open('evenhand');
        opening.onerror = fail;
        opening.onsuccess = () => {
          const reading = opening.result.transaction('images').objectStore('images').getAll();
          reading.onerror = fail;
          reading.onsuccess = () => {
            opening.result.close();
            done(reading.result.map(({ laneId, index, people }) => ({ laneId, index, people })));
          };
        };
      }),
  );

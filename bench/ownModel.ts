import { readdirSync, readFileSync } from 'node:fs';
import { type BrowserServer, chromium, type Page } from '@playwright/test';
import { address, finished, generate, tilesOf } from '../e2e/studio';
import { CHROMIUM, launching } from './lib/chromium';
import { readOptions } from './lib/options';
import { type Figure, figure, writeReport } from './lib/report';

/** Chromium without a screen gives its pages a graphics card only when all of these are said (Linux, Vulkan). */
const CARD = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-angle=vulkan',
  '--disable-vulkan-surface',
];
const LANES = ['base~Base', 'mist~MIST'];
/** Longer than anything here should take. */
const PATIENCE = 900_000;

/**
 * What an auditor waits for, in a real Chromium: a folder of a model's export read, held against the device, opened, checked against the CPU, and
 * drawing; of the embedded model if no folder is given.
 *   npm run build && npm start                          # in another terminal; it prints the address
 *   node scripts/run.mjs bench/ownModel.ts --origin http://127.0.0.1:4173/ --folder FOLDER --backend webgpu --as own-model-card
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    origin: 'http://127.0.0.1:4173/',
    folder: '',
    backend: 'webgpu',
    few: '1',
    many: '9',
    images: '1',
    chromium: CHROMIUM,
    picture: '',
    as: 'own-model',
  });
  const backend = options.backend === 'wasm' ? 'wasm' : 'webgpu';
  const server = await chromium.launchServer(launching(options.chromium, backend === 'webgpu' ? CARD : []));
  const browser = await chromium.connect(server.wsEndpoint());
  const page = await browser.newPage({ baseURL: options.origin, viewport: { width: 1440, height: 900 } });
  const figures: Figure[] = [];
  const said: Record<string, string> = { browser: browser.version() };
  const timed = async (name: string, work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    const seconds = (performance.now() - start) / 1000;
    figures.push(figure(`${name}, s`, [seconds]));
    console.log(`${name}: ${seconds.toFixed(2)} s`);
    return seconds;
  };
  try {
    const images = Number(options.images);
    await timed('page and embedded model', async () => {
      await page.goto(address({ images, batch: Math.min(images, 4), backend, lanes: LANES }));
      await page.locator('[data-testid="generate"]:enabled').waitFor({ timeout: PATIENCE });
    });
    if (options.folder) await openFolder(page, options.folder, timed, said);
    await page.getByTestId('engine-badge').click();
    if (backend === 'webgpu')
      await timed('held against the CPU', async () => {
        const unasked = page.getByRole('button', { name: 'Check this device’s numbers' });
        if (await unasked.isVisible()) await unasked.click(); // a software adapter is checked only when asked
        const line = page.getByTestId('device-check').filter({ hasText: 'Check again' });
        await line.waitFor({ timeout: PATIENCE });
        said.check = (await line.textContent()) ?? '';
      });
    said.engine = (await page.getByTestId('engine-badge').textContent()) ?? '';
    await page.keyboard.press('Escape');
    console.log(said);
    const draw = async (steps: string, note = ''): Promise<number> => {
      await page.getByTestId('steps-input').fill(steps);
      return timed(`${images} pictures in each of ${LANES.length} lanes, ${steps} steps${note}`, async () => {
        await generate(page);
        await finished(page, PATIENCE);
      });
    };
    await draw(options.few, ', for the first time');
    const few = await draw(options.few);
    const many = await draw(options.many);
    const drawn = await tilesOf(page, LANES.length - 1).count();
    if (drawn < images) throw new Error(`The last lane shows ${drawn} pictures of ${images}.`);
    const steps = (Number(options.many) - Number(options.few)) * images * LANES.length;
    figures.push(figure('a further guided step of a picture, s', [(many - few) / steps]));
    figures.push(figure('largest process of the browser, GB', [largestProcess(server) / 1e9]));
    if (options.picture) await page.screenshot({ path: options.picture });
  } catch (error) {
    said.stopped = String(error).slice(0, 600);
    said.page = (
      await page
        .getByTestId('banner')
        .allTextContents()
        .catch(() => [])
    ).join(' | ');
    if (options.picture) await page.screenshot({ path: options.picture }).catch(() => {});
    console.log(said);
  }
  await browser.close();
  await server.close();
  const command = `node scripts/run.mjs bench/ownModel.ts --origin http://127.0.0.1:4173/ ${options.folder ? '--folder FOLDER ' : ''}--backend ${backend}`;
  writeReport(options.as, command, figures, { said });
}

async function openFolder(
  page: Page,
  folder: string,
  timed: (name: string, work: () => Promise<unknown>) => Promise<number>,
  said: Record<string, string>,
): Promise<void> {
  await page.getByTestId('model-button').click();
  await page.getByTestId('models-tab').click();
  await timed('folder read and held against the device', async () => {
    await page.getByTestId('model-folder-input').setInputFiles(folder);
    await page.getByTestId('fit').waitFor({ timeout: PATIENCE });
  });
  said.fit = (await page.getByTestId('fit').allInnerTexts()).join(' ');
  console.log(said.fit);
  await timed('opened', async () => {
    await page.getByTestId('candidate-open').click();
    await page
      .getByTestId('loaded-model')
      .filter({ hasNotText: 'ships with this page' })
      .waitFor({ timeout: PATIENCE });
  });
  await page.getByLabel('Close the model card').click();
}

/** Resident bytes of the largest process below the browser's, most at any time; Linux only. */
function largestProcess(server: BrowserServer): number {
  const parents = new Map<number, number>();
  const peaks = new Map<number, number>();
  for (const id of readdirSync('/proc').map(Number).filter(Boolean)) {
    try {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      parents.set(id, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      peaks.set(id, 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // It ended while it was read.
    }
  }
  const root = server.process().pid!;
  const below = (id: number): boolean =>
    id === root || ((parents.get(id) ?? 0) > 1 && below(parents.get(id)!));
  return Math.max(...[...peaks].filter(([id]) => below(id)).map(([, bytes]) => bytes));
}

import { expect, type Page } from '@playwright/test';

/** What a test asks for; everything else stays at the page's defaults. */
export interface Wanted {
  readonly prompt?: string;
  readonly images?: number;
  readonly seeds?: string;
  readonly steps?: number;
  readonly guidance?: number;
  readonly batch?: number;
  readonly backend?: 'auto' | 'wasm' | 'webgpu';
  /** As in the link: `method~name~parameter=value`. */
  readonly lanes?: readonly string[];
}

/** The address of the studio with these settings in it. */
export function address(wanted: Wanted): string {
  const query = new URLSearchParams({ v: '1' });
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined) query.set(name, String(value));
  };
  set('prompt', wanted.prompt);
  set('n', wanted.images);
  set('seeds', wanted.seeds);
  set('steps', wanted.steps);
  set('guidance', wanted.guidance);
  set('batch', wanted.batch);
  set('backend', wanted.backend ?? 'wasm');
  for (const lane of wanted.lanes ?? []) query.append('lane', lane);
  return `./#${query.toString()}`;
}

/** Opens the page and waits until the model is there. */
export async function open(page: Page, wanted: Wanted = {}): Promise<void> {
  await page.goto(address(wanted));
  await expect(page.getByTestId('generate')).toBeEnabled({ timeout: 60_000 });
}

export async function generate(page: Page): Promise<void> {
  await page.getByTestId('generate').click();
  await expect(page.getByTestId('cancel')).toBeVisible();
}

/** Waits until the run has ended, however it did. */
export async function finished(page: Page, timeout = 150_000): Promise<void> {
  await expect(page.getByTestId('generate')).toBeVisible({ timeout });
}

export const tilesOf = (page: Page, lane: number) =>
  page.getByTestId(`lane-${lane}`).locator('button[data-testid^="tile-"]');

/** The RGBA bytes of every finished picture of a lane, as one hexadecimal SHA-256 per picture. */
export async function pixelsOf(page: Page, lane: number): Promise<string[]> {
  return tilesOf(page, lane)
    .locator('img')
    .evaluateAll(async (images) => {
      const hashes: string[] = [];
      for (const image of images as HTMLImageElement[]) {
        await image.decode();
        const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
        const context = canvas.getContext('2d');
        if (!context) throw new Error('no 2d context');
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
        hashes.push([...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
      }
      return hashes;
    });
}

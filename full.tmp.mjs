import { chromium } from '@playwright/test';
import { spawn, execSync } from 'node:child_process';
const server = spawn('node', ['scripts/start.mjs', '--no-build', '--port', '4400'], { stdio: 'ignore' });
await new Promise((r) => setTimeout(r, 3000));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
const t0 = Date.now(); const say = (...a) => console.log(((Date.now() - t0) / 1000).toFixed(0) + ' s', ...a);
let peak = 0; setInterval(() => { const m = Math.max(...execSync("ps -eo rss,comm | grep -i chrom").toString().split('\n').map((l) => parseInt(l) || 0)); peak = Math.max(peak, m); }, 1000);
try {
await page.goto('http://127.0.0.1:4400/#v=1&prompt=a+photo+of+a+doctor&n=1&seeds=1&steps=1&backend=wasm&lane=base~Base');
await page.waitForFunction(() => !document.querySelector('[data-testid=generate]')?.disabled, null, { timeout: 60000 });
await page.getByTestId('model-button').click();
await page.getByTestId('models-tab').click();
await page.getByTestId('model-folder-input').setInputFiles('/tmp/sd15-int8');
await page.getByTestId('candidate').waitFor({ timeout: 180000 });
say('surveyed');
await page.screenshot({ path: '.cache/shots/full-fit.png' });
await page.getByTestId('candidate-open').click();
await page.waitForFunction(() => document.querySelector('[data-testid=loaded-model]')?.textContent?.includes('sd15') || document.querySelector('[data-testid=models-error]'), null, { timeout: 300000 });
say('opened', await page.getByTestId('loaded-model').innerText(), await page.getByTestId('models-error').count() ? await page.getByTestId('models-error').innerText() : '', 'peak GB of a process', peak / 1e6);
await page.getByLabel('Close the model card').click();
await page.getByTestId('steps-input').fill('1');
await page.getByTestId('generate').click();
await page.getByTestId('labels-button').waitFor({ timeout: 500000 });
say('drawn', await page.getByTestId('run-status').innerText());
await page.screenshot({ path: '.cache/shots/full-drawn.png' });
} catch (e) { say('failed', String(e).slice(0, 400)); await page.screenshot({ path: '.cache/shots/full-failed.png' }); }
console.log('peak GB of a process', peak / 1e6);
await browser.close(); server.kill(); process.exit(0);

// `npm start`: installs what is missing, builds, serves the studio on loopback and prints the address.
// Flags: --port N (default 4173, the next free one if taken), --no-build (serve the last build).
import { parseArgs } from 'node:util';
import { ensurePackages, root } from './setup.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4173' }, 'no-build': { type: 'boolean', default: false } },
});

ensurePackages();
const { build, preview } = await import('vite');
if (!values['no-build']) await build({ root, logLevel: 'warn' });
const server = await preview({
  root,
  logLevel: 'warn',
  preview: { host: '127.0.0.1', port: Number(values.port), strictPort: values['no-build'] },
});
console.log(`Evenhand is ready: ${server.resolvedUrls.local[0]}  (Ctrl+C stops it)`);

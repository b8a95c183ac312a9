// Runs a TypeScript file of this project in Node: `node scripts/run.mjs path/to/file.ts args...`.
// The file exports `main(args)`. Vite does the loading, so that import.meta.glob works as in the page.
import { createServer } from 'vite';

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('Usage: node scripts/run.mjs <file.ts> [arguments]');
  process.exit(2);
}
const server = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
try {
  const { main } = await server.ssrLoadModule(`/${file}`);
  await main(args);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await server.close();
}

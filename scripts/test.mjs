// `npm test`: installs what is missing, then style, types, unit tests, build and browser tests.
// Closes with one line: "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { ensureChromium, ensurePackages, root } from './setup.mjs';

ensurePackages();
process.env.CHROMIUM = await ensureChromium();
const reports = `${root}.cache/reports`;
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

let passed = 0;
let failed = 0;

function run(title, args) {
  console.log(`\n== ${title}`);
  const began = Date.now();
  const { status } = spawnSync('npx', ['--no-install', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  console.log(`-- ${title}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return status === 0;
}

/** A step that is one check. */
function check(title, args) {
  if (run(title, args)) passed++;
  else failed++;
}

/** A step that counts its own tests into a JSON report; a runner that dies without one counts as a failure. */
function suite(title, args, report, count) {
  const ok = run(title, args);
  try {
    const counted = count(JSON.parse(readFileSync(report, 'utf8')));
    passed += counted.passed;
    failed += counted.failed;
    if (!ok && counted.failed === 0) failed++;
  } catch (error) {
    console.error(`${title} left no readable report: ${error.message}`);
    failed++;
  }
}

check('style', ['biome', 'check', '--error-on-warnings', '.']);
check('types', ['tsc', '--noEmit']);
suite(
  'unit tests',
  ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reports}/unit.json`],
  `${reports}/unit.json`,
  (r) => ({
    passed: r.numPassedTests,
    failed: r.numFailedTests + (r.numFailedTestSuites > 0 && r.numFailedTests === 0 ? 1 : 0),
  }),
);
check('build', ['vite', 'build', '--logLevel', 'warn']);
suite('browser tests', ['playwright', 'test'], `${reports}/browser.json`, (r) => ({
  passed: r.stats.expected,
  failed: r.stats.unexpected + r.stats.flaky + r.errors.length,
}));

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

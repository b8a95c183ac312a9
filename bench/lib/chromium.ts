import { existsSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';

/** Chromium's file where Debian puts it. */
export const CHROMIUM = '/usr/bin/chromium';

/** How a measured Chromium is started. @param path its file; if there is none, Playwright's own is taken. @param flags beside the usual ones. */
export const launching = (path: string, flags: readonly string[] = []): LaunchOptions => ({
  ...(existsSync(path) ? { executablePath: path } : {}),
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', ...flags],
});

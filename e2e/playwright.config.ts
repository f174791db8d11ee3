import { defineConfig } from '@playwright/test'

/** A test starts a real desktop with a real engine; on a busy machine that takes seconds. */
const TEST_TIMEOUT_MS = 90_000
const EXPECT_TIMEOUT_MS = 15_000

/** Tests of the desktop and its screens on the real Electron: `npm test -- e2e/desktop`, or `npx playwright test -c e2e`. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../out/e2e',
  // One at a time: each has windows, and the focus is one for all of them.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: TEST_TIMEOUT_MS,
  expect: { timeout: EXPECT_TIMEOUT_MS },
  forbidOnly: process.env.CI === 'true',
  globalSetup: './desktop/global-setup.ts',
  reporter: [['list'], ['../scripts/e2e-summary.mjs']],
})

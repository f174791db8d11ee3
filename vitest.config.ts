import { defineConfig } from 'vitest/config'

const ROOTS = '{sdk/typescript/src,src-shared,src-main,src-renderer,src-preload,scripts,bench,e2e,resources}'
/** Two at once: the machines that the tests are made for have two cores, and many tests start processes of their own. */
const WORKERS = 2
const UNIT_TIMEOUT_MS = 20_000
/** Real processes, containers and builds; a deadline that only a hang reaches. */
const INTEGRATION_TIMEOUT_MS = 120_000

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${ROOTS}/**/*.test.{ts,tsx}`],
          exclude: ['**/*.int.test.ts', 'e2e/desktop/**'],
          pool: 'forks',
          maxWorkers: WORKERS,
          testTimeout: UNIT_TIMEOUT_MS,
          hookTimeout: UNIT_TIMEOUT_MS,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: [`${ROOTS}/**/*.int.test.ts`],
          globalSetup: ['scripts/components.setup.ts'],
          pool: 'forks',
          maxWorkers: WORKERS,
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_TIMEOUT_MS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

import { resolve } from 'node:path'
import { defineConfig } from 'electron-vite'
import type { UserConfig } from 'vite'
import renderer from './src-renderer/vite.config.ts'

const at = (path: string): string => resolve(import.meta.dirname, path)

/** `npm run build` builds beside what is there, and puts it in its place when it is complete. */
const OUT = process.env.WEIR_OUT ?? 'out'

/** What ships and runs in Node or in Electron's main process. */
const PRODUCT = {
  cli: at('src-main/cli/main.ts'),
  desktop: at('src-main/desktop/main.ts'),
  engine: at('src-main/engine/main.ts'),
  orchestrator: at('src-main/engine/orchestrator/thread.ts'),
  supervisor: at('src-main/supervisor/main.ts'),
}

/**
 * The oldest runtimes: plain Node 20.18, and Electron 33, whose Node is the same. Said here, because the bundler would
 * otherwise aim at whatever Electron is installed.
 */
const NODE_TARGET = 'node20.18'

/**
 * Everything that runs in Node is bundled to CommonJS, so that packages which ship only ES modules also load in the
 * oldest runtime. Native packages stay outside the bundle, and
 * so does Playwright, with which the desktop is measured.
 */
const node = (input: Record<string, string>, outDir: string): UserConfig => ({
  publicDir: false,
  ssr: { noExternal: true, external: ['@photostructure/sqlite', 'dockerode', 'electron', '@playwright/test'] },
  build: {
    ssr: true,
    target: NODE_TARGET,
    outDir: at(outDir),
    minify: false,
    sourcemap: true,
    rollupOptions: {
      // ws's optional helpers: inside the bundle their absence would look like a module without functions, and every
      // WebSocket would break at its first long message.
      external: ['bufferutil', 'utf-8-validate', 'electron'],
      // Nothing to act on: zod's comments on its own bundling, and files that some load at once and others later.
      onwarn: (warning, warn) => {
        if (warning.code !== 'INVALID_ANNOTATION' && warning.plugin !== 'vite:reporter') warn(warning)
      },
      input,
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
    },
  },
})

/** `WEIR_BUNDLE=bench` bundles the measurements as the product is bundled, because they measure the same code. */
export default defineConfig(
  process.env.WEIR_BUNDLE === 'bench'
    ? { main: node({ bench: at('bench/main.ts') }, 'out/bench') }
    : {
        main: node(PRODUCT, `${OUT}/main`),
        preload: node({ index: at('src-preload/index.ts') }, `${OUT}/preload`),
        renderer,
      },
)

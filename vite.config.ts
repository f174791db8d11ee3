import { resolve } from 'node:path'
import { defineConfig } from 'vite'

const entry = (path: string): string => resolve(import.meta.dirname, path)

/** What ships. */
const PRODUCT = {
  cli: entry('src-main/cli/main.ts'),
  engine: entry('src-main/engine/main.ts'),
  orchestrator: entry('src-main/engine/orchestrator/thread.ts'),
  supervisor: entry('src-main/supervisor/main.ts'),
}

/**
 * Everything that runs in Node is bundled to CommonJS, so that packages which ship only ES modules also load in the
 * oldest runtime that Weir supports (Node 20.18, Electron 33). Native packages stay outside the bundle. `--mode bench`
 * bundles the measurements the same way, because they measure the same code.
 */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  ssr: { noExternal: true, external: ['@photostructure/sqlite', 'dockerode'] },
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: mode === 'bench' ? 'out/bench' : 'out/main',
    minify: false,
    sourcemap: true,
    rollupOptions: {
      // ws's optional helpers: inside the bundle their absence would look like a module without functions, and every
      // WebSocket would break at its first long message.
      external: ['bufferutil', 'utf-8-validate'],
      // Nothing to act on: zod's comments on its own bundling, and files that some load at once and others later.
      onwarn: (warning, warn) => {
        if (warning.code !== 'INVALID_ANNOTATION' && warning.plugin !== 'vite:reporter') warn(warning)
      },
      input: mode === 'bench' ? { bench: entry('bench/main.ts') } : PRODUCT,
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
    },
  },
}))

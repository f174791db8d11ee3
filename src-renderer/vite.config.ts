import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { ProxyOptions, UserConfig } from 'vite'

/** The oldest Chromium that shows the screens: that of Electron 33. */
const CHROMIUM_TARGET = 'chrome130'

/**
 * `npm run dev`: the engine that the screens are developed against, its address, and the token that the proxy adds. Two
 * development servers at once need a cache each.
 */
const { WEIR_DEV_ENGINE: engine, WEIR_DEV_TOKEN: token = '', WEIR_DEV_CACHE: cache } = process.env

const toEngine = (target: string): ProxyOptions => ({
  target,
  changeOrigin: true,
  ws: true,
  headers: { authorization: `Bearer ${token}`, origin: target },
})

/** Not `import.meta.dirname`: electron-vite bundles this file into its own, which is elsewhere. */
const HERE = fileURLToPath(new URL('.', import.meta.url))

const config: UserConfig = {
  root: HERE,
  // Relative, because the same files are served at app://weir/ and at /console/.
  base: './',
  publicDir: false,
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: CHROMIUM_TARGET,
    // electron-vite leaves scripts as they are, which for the first one is more than twice as much to read and compile.
    minify: 'esbuild',
    outDir: resolve(HERE, '..', process.env.WEIR_OUT ?? 'out', 'renderer'),
    emptyOutDir: true,
    // Fonts and pictures stay files: the policy of the page lets nothing be read from data addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    rollupOptions: {
      input: resolve(HERE, 'index.html'),
      onwarn: (warning, warn) => {
        // Nothing to act on: directives for servers, and zod's comments on its own bundling.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warning.code !== 'INVALID_ANNOTATION') warn(warning)
      },
    },
  },
  ...(cache === undefined ? {} : { cacheDir: cache }),
  ...(engine === undefined ? {} : { server: { proxy: { '^/api/v1/': toEngine(engine) } } }),
}

export default config

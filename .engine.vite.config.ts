import { resolve } from 'node:path'
import { defineConfig } from 'vite'
const e = (p: string) => resolve('/tmp/cases/weir', p)
export default defineConfig({ root: '/tmp/cases/weir', publicDir: false, ssr: { noExternal: true, external: ['@photostructure/sqlite', 'dockerode'] }, build: { ssr: true, target: 'node20.18', outDir: '/tmp/cases/weir/out/main', emptyOutDir: true, minify: false, rollupOptions: { external: ['bufferutil', 'utf-8-validate'], onwarn: () => {}, input: { cli: e('src-main/cli/main.ts'), engine: e('src-main/engine/main.ts'), orchestrator: e('src-main/engine/orchestrator/thread.ts'), supervisor: e('src-main/supervisor/main.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' } } } })

/**
 * Builds engine, CLI, supervisor and desktop into out/main, the preload script into out/preload, the screens into out/renderer,
 * and the TypeScript SDK into its own dist.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { buildInputsDigest, checkNode, ensureInstalled, main, run, runTool, stampBuild } from './bootstrap.mjs'

/** Where it is built: what starts meanwhile finds the build before, and what fails leaves that as it was. */
const NEXT = 'out/next'
const PARTS = ['main', 'preload', 'renderer']

await main(() => {
  checkNode()
  ensureInstalled()
  // Taken before the build: what changes while it runs must make the next one build again.
  const digest = buildInputsDigest()
  rmSync(NEXT, { recursive: true, force: true })
  const status = runTool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn'], {
    env: { ...process.env, WEIR_OUT: NEXT },
  })
  if (status !== 0) return status
  const sdk = run(process.execPath, ['sdk/typescript/scripts/build.mjs'])
  if (sdk !== 0) return sdk
  for (const part of PARTS) replace(`out/${part}`, `${NEXT}/${part}`)
  rmSync(NEXT, { recursive: true, force: true })
  stampBuild(digest)
  return 0
})

/** @param {string} path @param {string} next */
function replace(path, next) {
  const old = `${path}.old`
  rmSync(old, { recursive: true, force: true })
  if (existsSync(path)) renameSync(path, old)
  renameSync(next, path)
  rmSync(old, { recursive: true, force: true })
}

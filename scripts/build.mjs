/** Builds engine, CLI, supervisor and desktop into out/main, the preload script into out/preload, the screens into out/renderer. */
import { buildInputsDigest, checkNode, ensureInstalled, main, runTool, stampBuild } from './bootstrap.mjs'

await main(() => {
  checkNode()
  ensureInstalled()
  // Taken before the build: what changes while it runs must make the next one build again.
  const digest = buildInputsDigest()
  const status = runTool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn'])
  if (status === 0) stampBuild(digest)
  return status
})

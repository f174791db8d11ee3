/**
 * `npm start [-- --data DIR]`: from a bare checkout to the desktop. Installs and builds what is missing, gets Electron,
 * opens the window. On a machine without a screen: starts the engine and prints a link that opens the console.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { checkNode, ensureBuilt, ensureInstalled, main, ROOT, run, Stop, say } from './bootstrap.mjs'
import { ensureElectron, flagsForThisUser } from './electron.mjs'

/** Whether a window can be shown: macOS and Windows always have a screen, Linux says so in its environment. */
export const hasScreen = (platform = process.platform, env = process.env) =>
  platform !== 'linux' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY)

const weir = (args) => run(process.execPath, ['resources/bin/weir.cjs', ...args])

/** What a machine without a screen gets: the same screens, in the browser of another one or through a tunnel. */
const startHeadless = (args) => {
  say('There is no screen here: starts the engine, and the console in a browser takes the place of the window')
  if (weir([...args, 'boot', 'up', '--daemon']) !== 0) throw new Stop('The engine did not start, see above.')
  return weir([...args, 'console'])
}

const startDesktop = async (args) => {
  const { program } = await ensureElectron()
  say('Opens Weir')
  const { status, error } = spawnSync(program, [...flagsForThisUser(), ROOT, ...args], { cwd: ROOT, stdio: 'inherit' })
  if (error !== undefined) throw new Stop(`Electron did not start: ${error.message}`)
  return status ?? 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async (args) => {
    checkNode()
    ensureInstalled()
    ensureBuilt()
    return hasScreen() ? startDesktop(args) : startHeadless(args)
  })
}

import { findProgram, installCommand, installPackages, isDebian, isRoot } from '../../scripts/docker/packages.mjs'
import { ensureElectron } from '../../scripts/electron.mjs'

/** What Electron and the virtual screen need of Debian. */
const PACKAGES = [
  'xvfb',
  'xauth',
  'dbus',
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libatk-bridge2.0-0',
]

interface Electron {
  readonly dist: string
  readonly program: string
  readonly version: string
  readonly origin: string
}

/** Runs once before the tests: gets Electron, and the packages that it needs on a bare machine. */
export default async function globalSetup(): Promise<void> {
  const needsScreen = process.platform === 'linux' && !process.env.DISPLAY
  if (needsScreen && isDebian() && findProgram('Xvfb') === null) {
    if (!isRoot()) throw new Error(`The tests need a screen, or these packages: ${installCommand(PACKAGES)}`)
    await installPackages(PACKAGES)
  }
  const { dist, program, version, origin } = (await ensureElectron()) as Electron
  // Where Playwright looks for it, through the `electron` package.
  if (origin !== 'official') process.env.ELECTRON_OVERRIDE_DIST_PATH = dist
  process.stdout.write(`Electron ${version}: ${process.env.WEIR_TEST_APP ?? program}\n`)
}

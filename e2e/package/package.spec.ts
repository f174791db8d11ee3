import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses'
import { isAlive } from '../desktop/engine-hands.ts'
import { engineIs, expect, test, until } from '../desktop/fixtures.ts'
import { quick } from '../desktop/workflows.ts'

/** Packages as a person gets them: made here once, unpacked, and installed. */

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(ROOT, 'out/package')
const UNPACKED = join(OUT, 'linux-unpacked')
const PROGRAM = join(UNPACKED, 'weir-desktop')
const PACKAGE_TIMEOUT_MS = 10 * 60_000
/** User and group `nobody`: packages are installed by root, and used by others. */
const NOBODY = 65_534

/** A fuse that is on, as it is written in the program: the digit 1. */
const ENABLED = 0x31

const isRoot = process.getuid?.() === 0
const isInstalled = (name: string): boolean => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status === 0

test.describe.configure({ mode: 'serial' })
test.skip(process.platform !== 'linux', 'packages are tested on Linux')

test.beforeAll(() => {
  test.setTimeout(PACKAGE_TIMEOUT_MS)
  rmSync(OUT, { recursive: true, force: true })
  const targets = existsSync('/usr/bin/dpkg-deb') ? ['dir', 'deb'] : ['dir']
  execFileSync(process.execPath, ['scripts/package.mjs', ...targets, '--quick', '--out', OUT], {
    cwd: ROOT,
    stdio: 'pipe',
  })
})
test.afterAll(() => rmSync(OUT, { recursive: true, force: true }))

test('all fuses are as they must be', async () => {
  const fuses = await getCurrentFuseWire(PROGRAM)
  const isOn = (option: FuseV1Options): boolean => Number(fuses[option]) === ENABLED
  expect({
    runAsNode: isOn(FuseV1Options.RunAsNode),
    cookies: isOn(FuseV1Options.EnableCookieEncryption),
    nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
    onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
    filePrivileges: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    runAsNode: true,
    cookies: true,
    nodeOptions: false,
    inspect: false,
    onlyAsar: true,
    filePrivileges: false,
  })
})

test('its command line runs a workflow on an engine of its own', ({ data, folder }) => {
  const weir = (...args: string[]): string =>
    execFileSync(join(UNPACKED, 'resources/bin/weir'), ['--data', data, ...args], { cwd: folder, encoding: 'utf8' })
  const definition = join(ROOT, 'resources/examples/flaky-approval/weir.yaml')
  weir('boot', 'up', '--daemon', '--listen', '127.0.0.1:0')
  const { pid } = JSON.parse(readFileSync(join(data, 'engine.json'), 'utf8')) as { pid: number }
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('app.asar/out/main/engine.cjs')
  weir('workflow', 'apply', definition)
  expect(weir('workflow', 'list')).toContain('flaky-approval')
  weir('boot', 'down')
  expect(isAlive(pid)).toBe(false)
})

test.describe('its desktop', () => {
  // Playwright attaches by what the fuse forbids: it is turned on in this copy, after it was checked.
  test.beforeAll(async () => {
    await flipFuses(PROGRAM, { version: FuseVersion.V1, [FuseV1Options.EnableNodeCliInspectArguments]: true })
    process.env.WEIR_TEST_APP = PROGRAM
  })
  test.afterAll(() => {
    delete process.env.WEIR_TEST_APP
  })

  test('starts, runs a workflow, and its engine comes back', async ({ app, window, engine }) => {
    expect(await app.evaluate(({ app }) => app.isPackaged)).toBe(true)
    await expect(window.getByRole('heading', { level: 1 })).toBeVisible()
    await engine.publish(quick('packaged'))
    await engine.runIs(await engine.startRun('packaged'), 'succeeded')
    const before = await engine.kill()
    await until('there is another engine', async () => {
      const now = await engine.pid()
      return now !== null && now !== before
    })
    await engineIs(window, 'ready')
  })
})

test('the .deb installs, starts for a person who is not root, and leaves nothing', async ({ folder, display }) => {
  test.skip(!isRoot, 'only root can install a package')
  test.skip(!existsSync('/usr/bin/dpkg-deb'), 'this machine has no dpkg')
  test.skip(isInstalled('weir'), 'Weir is installed here')
  const deb = join(OUT, 'weir_0.1.0_amd64.deb')
  execFileSync('dpkg', ['-i', deb], { stdio: 'pipe' })
  try {
    expect(execFileSync('weir', ['version'], { encoding: 'utf8' })).toMatch(/^weir \d/)
    await startAsNobody(folder, display.name)
  } finally {
    execFileSync('dpkg', ['-P', 'weir'], { stdio: 'pipe' })
  }
  const left = [
    '/opt/Weir',
    '/usr/bin/weir',
    '/usr/bin/weir-desktop',
    '/usr/share/mime/packages/weir.xml',
    '/etc/apparmor.d/weir-desktop',
  ]
  expect(left.filter((path) => existsSync(path))).toEqual([])
})

/** With the sandbox, as on a person's machine; what it shows cannot be seen from outside, so its log is read. */
async function startAsNobody(folder: string, display: string | null): Promise<void> {
  const home = join(folder, 'home')
  mkdirSync(home)
  execFileSync('chmod', ['755', folder])
  chownSync(home, NOBODY, NOBODY)
  const data = join(home, 'data')
  const child = spawn('weir-desktop', ['--disable-gpu', '--data', data], {
    cwd: home,
    uid: NOBODY,
    gid: NOBODY,
    env: { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', DISPLAY: display ?? process.env.DISPLAY ?? '' },
    stdio: 'ignore',
  })
  const log = (): string =>
    existsSync(join(data, 'logs/desktop.log')) ? readFileSync(join(data, 'logs/desktop.log'), 'utf8') : ''
  try {
    await until('there is a window', () => log().includes('a window is there'))
    await until('the engine is ready', () => log().includes('engine: ready'))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  } finally {
    child.kill('SIGKILL')
    execFileSync('weir', ['--data', data, 'boot', 'down'], {
      uid: NOBODY,
      gid: NOBODY,
      env: { PATH: process.env.PATH ?? '', HOME: home },
      stdio: 'pipe',
    })
  }
}

import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './engine-hands.ts'
import { engineIs, expect, test, until } from './fixtures.ts'
import { waiting } from './workflows.ts'

test('starts, shows a window, and starts an engine', async ({ app, window, engine, data }) => {
  expect(await window.title()).toMatch(/Weir$/)
  expect(window.url()).toMatch(/^app:\/\/weir\/#\//)
  const state = await engineIs(window, 'ready')
  expect(state).toMatchObject({ data, isOurs: true })
  expect(await engine.pid()).not.toBeNull()
  const shown = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((one) => ({ visible: one.isVisible(), min: one.getMinimumSize() })),
  )
  expect(shown).toEqual([{ visible: true, min: [390, 500] }])
})

test('attaches to an engine that runs, and leaves it running', async ({ engine, launch }) => {
  await engine.start()
  const before = await engine.pid()
  const desktop = await launch()
  await engineIs(await desktop.window(), 'ready')
  await desktop.close()
  expect(await engine.pid()).toBe(before)
})

test('a desktop that crashes ends no run, and the next one finds it', async ({ engine, launch, folder }) => {
  const desktop = await launch()
  await engineIs(await desktop.window(), 'ready')
  await engine.publish(waiting(folder))
  const run = await engine.startRun('waiting')
  await engine.runIs(run, 'running')
  const pid = await engine.pid()
  await desktop.crash()
  expect(await engine.pid()).toBe(pid)
  const next = await launch()
  await engineIs(await next.window(), 'ready')
  writeFileSync(join(folder, 'go'), '')
  await engine.runIs(run, 'succeeded')
  expect(await engine.pid()).toBe(pid)
})

test('a second start hands over what it was asked to open, and ends', async ({ launch, folder }) => {
  const first = await launch()
  const window = await first.window()
  await engineIs(window, 'ready')
  // Playwright cannot attach to a program that ends at once, so the second is started as a shell would.
  const child = first.app.process()
  const [program = '', ...args] = child.spawnargs
  const plain = args.filter(
    (arg, i) => !/^(-r|--inspect=.*|--remote-debugging-port=.*)$/.test(arg) && args[i - 1] !== '-r',
  )
  const second = spawn(program, [...plain, 'weir://runs?status=failed'], {
    cwd: folder,
    env: childEnvironment(child.pid ?? 0),
    stdio: 'ignore',
  })
  const code = await new Promise((resolve) => second.once('exit', resolve))
  expect(code).toBe(0)
  await expect(window).toHaveURL('app://weir/#/runs?status=failed')
  expect(first.app.windows()).toHaveLength(1)
})

test('two data folders have two desktops', async ({ launch, folder, engine: _engine }) => {
  const first = await launch()
  const other = await launch({ args: ['--data', join(folder, 'other')] })
  const state = await engineIs(await other.window(), 'ready')
  expect(state.data).toBe(join(folder, 'other'))
  await engineIs(await first.window(), 'ready')
  await other.app.evaluate(({ app }) => app.quit())
  // Nothing runs in it, so its own engine is stopped with it.
  await until('the other engine is gone', () => {
    const { pid } = readPid(join(folder, 'other'))
    return pid === null || !isAlive(pid)
  })
})

test('a data folder that cannot be used is said in words, and the window stays', async ({ launch, data, folder }) => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(data, 'a file where the folder shall be')
  const desktop = await launch()
  const state = await engineIs(await desktop.window(), 'failed')
  expect(state.reason).toContain(data)
  expect(state.fix).toMatch(/folder/)
})

function readPid(data: string): { pid: number | null } {
  try {
    return JSON.parse(readFileSync(join(data, 'engine.json'), 'utf8')) as { pid: number }
  } catch {
    return { pid: null }
  }
}

/** The environment of a process of ours, so that a second start finds the same display and settings. */
function childEnvironment(pid: number): Record<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .filter((entry) => entry.includes('='))
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  )
}

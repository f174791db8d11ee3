import { createHash, randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import type { EngineState } from '../../src-shared/desktop/bridge.ts'
import { engineIs, expect, type InPage, test, until } from './fixtures.ts'
import { quick } from './workflows.ts'

/** Collects the phases that the screens of a window are told. */
async function collectPhases(window: Page): Promise<() => Promise<string[]>> {
  await window.evaluate(() => {
    const page = globalThis as unknown as InPage & { phases: string[] }
    page.phases = []
    page.weir.engine.onState((state: EngineState) => void page.phases.push(state.phase))
  })
  return () => window.evaluate(() => (globalThis as unknown as { phases: string[] }).phases)
}

const statusOf = (window: Page): Promise<number> =>
  window.evaluate(async () => (await fetch('/api/v1/engine').catch(() => ({ status: 0 }))).status)

test('an engine that was killed comes back without anybody doing anything', async ({ window, engine }) => {
  const phases = await collectPhases(window)
  const before = await engine.kill()
  await until('the screens are told', async () => (await phases()).at(-1) === 'ready')
  expect(await phases()).toEqual(['lost', 'ready'])
  expect(await engine.pid()).not.toBe(before)
  expect(await statusOf(window)).toBe(200)
})

test('the desktop starts the engine again when its supervisor is gone, too', async ({ window, engine }) => {
  const phases = await collectPhases(window)
  const before = await engine.killWithSupervisor()
  await until('the screens are told', async () => (await phases()).at(-1) === 'ready')
  expect((await phases())[0]).toBe('lost')
  expect(await engine.pid()).not.toBe(before)
})

test('an engine that was stopped stays stopped until somebody starts it', async ({ window, engine }) => {
  await engine.stop()
  const state = await engineIs(window, 'failed')
  expect(state.reason).toBe('The engine was stopped.')
  expect(await statusOf(window)).toBe(0)
  await engine.start()
  await engineIs(window, 'ready')
  expect(await statusOf(window)).toBe(200)
})

test('a screen can restart it', async ({ window, engine }) => {
  const phases = await collectPhases(window)
  const before = await engine.pid()
  await window.evaluate(() => (globalThis as unknown as InPage).weir.engine.restart())
  expect((await engineIs(window, 'ready')).phase).toBe('ready')
  expect(await phases()).toEqual(['starting', 'ready'])
  expect(await engine.pid()).not.toBe(before)
  await engine.stop()
  await engineIs(window, 'failed')
  await window.evaluate(() => (globalThis as unknown as InPage).weir.engine.restart())
  await engineIs(window, 'ready')
})

test('only the socket of events is carried, and its frames come in order', async ({ window, engine }) => {
  const connect = (path: string, hello: string): Promise<string[]> =>
    window.evaluate(
      ([path, hello]) =>
        new Promise<string[]>((resolve) => {
          const heard: string[] = []
          const socket = (globalThis as unknown as InPage).weir.engine.connect(path ?? '', {
            open: () => socket.send(hello ?? ''),
            message: (text) => {
              heard.push(text)
              if (text.includes('run.finished')) socket.close()
            },
            close: () => resolve(heard),
          })
        }),
      [path, hello],
    )
  expect(await connect('/api/v1/other', '{}')).toEqual([])
  expect(await connect('/api/v1/events?x=1', '{}')).toEqual([])
  await engine.publish(quick('quick'))
  const heard = connect('/api/v1/events', JSON.stringify({ type: 'subscribe', id: 'a', project: 'default', after: 0 }))
  await engine.startRun('quick')
  const cursors = (await heard).map((text) => (JSON.parse(text) as { cursor: number }).cursor)
  expect(cursors.length).toBeGreaterThan(1)
  expect(cursors).toEqual([...cursors].sort((a, b) => a - b))
})

test('a socket ends when the engine does', async ({ window, engine }) => {
  const closed = window.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        const page = globalThis as unknown as InPage & { isOpen: boolean }
        page.weir.engine.connect('/api/v1/events', {
          open: () => {
            page.isOpen = true
          },
          message: () => undefined,
          close: () => resolve(page.isOpen),
        })
      }),
  )
  await until('it is open', () =>
    window.evaluate(() => (globalThis as unknown as { isOpen?: boolean }).isOpen === true),
  )
  await engine.kill()
  expect(await closed).toBe(true)
})

const BLOB_MB = 96

test('large bodies stream both ways, and an aborted download ends at the engine', async ({ window, app }) => {
  const digest = createHash('sha256')
  const piece = randomBytes(1024 * 1024)
  for (let i = 0; i < BLOB_MB; i += 1) digest.update(piece)
  const name = digest.digest('hex')
  const before = await app.evaluate(
    ({ app }) => app.getAppMetrics().find(({ type }) => type === 'Browser')?.memory.workingSetSize ?? 0,
  )
  const up = await window.evaluate(
    async ([text, count]) => {
      const piece = Uint8Array.from(atob(String(text)), (char) => char.charCodeAt(0))
      const body = new Blob(Array.from({ length: Number(count) }, () => piece))
      const answer = await fetch('/api/v1/projects/default/blobs', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/octet-stream' },
      })
      return [answer.status, await answer.text()] as const
    },
    [piece.toString('base64'), BLOB_MB],
  )
  expect(up[0], up[1]).toBe(201)
  expect(up[1]).toContain(name)
  const down = await window.evaluate(async (name) => {
    const answer = await fetch(`/api/v1/projects/default/blobs/${name}`)
    const first = (await answer.body?.getReader().read()) as { value?: Uint8Array } | undefined
    const again = await fetch(`/api/v1/projects/default/blobs/${name}`)
    const stop = new AbortController()
    const cut = await fetch(`/api/v1/projects/default/blobs/${name}`, { signal: stop.signal })
    stop.abort()
    const aborted = await cut.arrayBuffer().then(
      () => false,
      () => true,
    )
    return { first: (first?.value?.length ?? 0) > 0, length: (await again.arrayBuffer()).byteLength, aborted }
  }, name)
  expect(down).toEqual({ first: true, length: BLOB_MB * 1024 * 1024, aborted: true })
  const after = await app.evaluate(
    ({ app }) => app.getAppMetrics().find(({ type }) => type === 'Browser')?.memory.workingSetSize ?? 0,
  )
  // In KiB. What it takes to hand through must not grow with the body.
  expect(after - before).toBeLessThan(2.5 * BLOB_MB * 1024)
})

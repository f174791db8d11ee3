import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { until } from './engine-hands.ts'
import { expect, type InPage, test } from './fixtures.ts'

interface Clipboard {
  writeText(text: string): Promise<void>
  readText(): Promise<string>
}

test('a page has the bridge and nothing else of Node or Electron', async ({ window }) => {
  const found = await window.evaluate(() => {
    const page = globalThis as unknown as Record<string, unknown> & InPage
    const keys = (value: object): string[] => Object.keys(value).sort()
    return {
      nodes: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', '__dirname'].filter(
        (name) => name in page,
      ),
      weir: keys(page.weir),
      app: keys(page.weir.app),
      engine: keys(page.weir.engine),
      documents: keys(page.weir.documents),
      preferences: keys(page.weir.preferences),
    }
  })
  expect(found).toEqual({
    nodes: [],
    weir: ['app', 'documents', 'engine', 'preferences'],
    app: ['newWindow', 'onOpen', 'platform', 'quit', 'version'],
    engine: ['connect', 'onState', 'restart', 'showLogs', 'state'],
    documents: ['onChange', 'open', 'save', 'saveAs'],
    preferences: ['get', 'onChange', 'set'],
  })
})

test('windows are sandboxed, isolated and without Node', async ({ app, window }) => {
  expect(window.url()).toContain('app://weir/')
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): object }
    return contents.getLastWebPreferences()
  })
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
  })
})

test('the page cannot leave, and the web opens outside', async ({ app, window }) => {
  await app.evaluate(({ shell }) => {
    const main = globalThis as unknown as { opened: string[] }
    main.opened = []
    shell.openExternal = (url) => {
      main.opened.push(url)
      return Promise.resolve()
    }
  })
  const goTo = (url: string) =>
    window.evaluate((url) => {
      ;(globalThis as unknown as InPage).location.href = url
    }, url)
  const open = (url: string) =>
    window.evaluate((url) => (globalThis as unknown as { open(url: string): unknown }).open(url) === null, url)
  const refused = ['file:///etc/passwd', 'javascript:alert(1)', 'app://other/', 'http://evil.example/', 'smb://host/x']
  for (const url of refused) await goTo(url)
  for (const url of [...refused, 'https://user:pw@evil.example/']) expect(await open(url)).toBe(true)
  await goTo('https://example.org/a')
  expect(await open('https://example.org/b')).toBe(true)
  expect(await open('http://127.0.0.1:7767/console/')).toBe(true)
  const opened = () => app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)
  await expect
    .poll(opened)
    .toEqual(['https://example.org/a', 'https://example.org/b', 'http://127.0.0.1:7767/console/'])
  expect(window.url()).toMatch(/^app:\/\/weir\/#\//)
  expect(app.windows()).toHaveLength(1)
})

test('permissions are refused, but for copying', async ({ window }) => {
  const states = await window.evaluate(async () => {
    const { permissions } = (
      globalThis as unknown as {
        navigator: { permissions: { query(wish: { name: string }): Promise<{ state: string }> } }
      }
    ).navigator
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi']
    return await Promise.all(names.map(async (name) => `${name} ${(await permissions.query({ name })).state}`))
  })
  expect(states.filter((state) => !state.endsWith(' denied'))).toEqual([])
  const copied = await window.evaluate(async () => {
    const { clipboard } = (globalThis as unknown as { navigator: { clipboard: Clipboard } }).navigator
    await clipboard.writeText('copied')
    return await clipboard.readText().catch(() => 'refused')
  })
  expect(copied).toBe('refused')
})

test('only the screens may use the bridge', async ({ app, window }) => {
  // A page of another origin that somehow got our preload script.
  const next = app.waitForEvent('window')
  await app.evaluate(async ({ app, BrowserWindow }) => {
    const preload = `${app.getAppPath()}/out/preload/index.cjs`
    const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
    await foreign.loadURL('data:text/html,<title>foreign</title>')
  })
  const foreign = await next
  const answer = await foreign.evaluate(async () => {
    const { weir } = globalThis as unknown as InPage
    const asked = await weir.preferences.set({ theme: 'dark' }).then(String, (error: Error) => error.message)
    const socket = await new Promise<string>((resolve) => {
      weir.engine.connect('/api/v1/events', {
        open: () => resolve('open'),
        message: () => undefined,
        close: () => resolve('closed'),
      })
      setTimeout(() => resolve('nothing'), 1000)
    })
    return { asked, socket }
  })
  expect(answer.asked).toBe('Only the screens of Weir may ask this.')
  expect(answer.socket).not.toBe('open')
  // Our own window, brought to another origin.
  await foreign.close()
  expect(await window.evaluate(() => (globalThis as unknown as InPage).weir.preferences.get())).toMatchObject({
    theme: 'system',
  })
})

test('the policy of the page lets nothing from elsewhere in', async ({ window }) => {
  const policy = await window.evaluate(async () => (await fetch('/')).headers.get('content-security-policy') ?? '')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toMatch(/script-src 'self'(;|$)/)
  const blocked = await window.evaluate(async () => {
    const tried: Record<string, string> = {}
    // Later: what the debugger itself runs is not under the policy.
    tried.eval = await new Promise<string>((resolve) => {
      setTimeout(() => {
        try {
          // Through its name: the point is to see it refused.
          const page = globalThis as unknown as Record<string, (code: string) => unknown>
          resolve(String(page['eval']?.('1')))
        } catch {
          resolve('refused')
        }
      }, 0)
    })
    tried.fetch = await fetch('https://example.org/').then(String, () => 'refused')
    return tried
  })
  expect(blocked).toEqual({ eval: 'refused', fetch: 'refused' })
})

test('no request leaves the app, whatever the policy of a page says', async ({ app, window }) => {
  expect(window.url()).toContain('app://weir/')
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.end('reached')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const reached = await app.evaluate(
    async ({ net }, url) => net.fetch(url).then(String, (error: Error) => error.message),
    url,
  )
  server.close()
  expect(reached).toContain('ERR_BLOCKED_BY_CLIENT')
  expect(asked).toBe(0)
})

test('paths that lead out of the screens find nothing', async ({ window }) => {
  const tried = await window.evaluate(async () => {
    const paths = [
      '/../main/desktop.cjs',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/main/desktop.cjs',
      '/assets/..%5c..%5cx',
      '/%00',
      '/%zz',
      '/none.js',
    ]
    return await Promise.all(paths.map(async (path) => (await fetch(path)).status))
  })
  expect(tried).toEqual([404, 404, 404, 404, 404, 404, 404])
})

const REPORT = `<!doctype html><title>report</title><body><script>
const found = ['weir', 'require', 'process'].filter((name) => name in window)
let outer = 'reached'
try { void parent.document.title } catch { outer = 'refused' }
fetch('/api/v1/engine').then(() => 'reached', () => 'refused').then((engine) => {
  document.body.textContent = JSON.stringify({ ran: true, found, outer, engine })
})
</script>`

test('a report with scripts runs alone: no bridge, no engine, no page around it', async ({ window, engine }) => {
  await engine.publish(`name: report
steps:
  write:
    run: [sh, -c, 'printf %s "$REPORT" > report.html']
    env:
      REPORT: ${JSON.stringify(REPORT)}
    outputs:
      page: { files: report.html }
`)
  const run = await engine.startRun('report')
  await engine.runIs(run, 'succeeded')
  const said = await framed(window, run)
  expect(said).toEqual({ ran: true, found: [], outer: 'refused', engine: 'refused' })
})

/** Shows the report in a frame, as the screens do, and answers what it wrote. */
async function framed(window: Page, run: string): Promise<unknown> {
  await window.evaluate(async (run) => {
    const get = async (path: string, method = 'GET') =>
      (await (await fetch(path, { method })).json()) as Record<string, unknown>
    const assets = (await get(`/api/v1/projects/default/assets?run=${run}`)) as { items: { id: string }[] }
    const view = await get(`/api/v1/projects/default/assets/${assets.items[0]?.id ?? ''}/views`, 'POST')
    const page = (
      globalThis as unknown as {
        document: { createElement(tag: string): Record<string, unknown>; body: { append(element: unknown): void } }
      }
    ).document
    const frame = page.createElement('iframe')
    frame.src = `${String(view.base)}report.html`
    page.body.append(frame)
  }, run)
  const text = await until('the report has run', async () => {
    const frame = window.frames().find((one) => one.url().includes('/views/'))
    const body = (await frame?.textContent('body').catch(() => null)) ?? null
    return body?.startsWith('{') === true && body
  })
  return JSON.parse(text)
}

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { OpenRequest } from '../../src-shared/desktop/bridge.ts'
import { engineIs, expect, type InPage, test, until } from './fixtures.ts'
import { quick } from './workflows.ts'

/** What the screens of this window are asked to open from now on. */
async function collectRequests(window: Page): Promise<() => Promise<OpenRequest[]>> {
  await window.evaluate(() => {
    const page = globalThis as unknown as InPage & { requests: OpenRequest[] }
    page.requests = []
    page.weir.app.onOpen((request) => void page.requests.push(request))
  })
  return () => window.evaluate(() => (globalThis as unknown as { requests: OpenRequest[] }).requests)
}

/** The answer of the system's dialog is the only thing that is not real. */
const chooseFile = (path: string) => ({ canceled: false, filePaths: [path], filePath: path })

test('a link opens a screen', async ({ launch }) => {
  const desktop = await launch({ args: ['weir://workflows/digits'] })
  await expect(await desktop.window()).toHaveURL('app://weir/#/workflows/digits')
})

test('a definition that is opened with Weir becomes a draft', async ({ launch, folder }) => {
  writeFileSync(join(folder, 'a.weir.yaml'), quick('opened'))
  const desktop = await launch({ args: ['a.weir.yaml'] })
  const window = await desktop.window()
  await engineIs(window, 'ready')
  await expect(window).toHaveURL(/^app:\/\/weir\/#\/drafts\//)
})

test('what cannot be opened is said', async ({ app, window, folder }) => {
  const requests = await collectRequests(window)
  writeFileSync(join(folder, 'values.yaml'), 'a: 1')
  for (const target of ['weir://evil.example/x', join(folder, 'values.yaml'), join(folder, 'none.weir.yaml')]) {
    await app.evaluate(
      ({ app }, target) => void app.emit('open-url', { preventDefault: () => undefined }, target),
      target,
    )
  }
  await until('three requests', async () => (await requests()).length === 3)
  expect((await requests()).map(({ kind }) => kind)).toEqual(['problem', 'problem', 'problem'])
  expect(JSON.stringify(await requests())).toContain('none.weir.yaml is not there.')
})

test('files are opened and saved, and newer ones are not overwritten', async ({ app, window, folder }) => {
  const path = join(folder, 'x.weir.yaml')
  writeFileSync(path, 'one')
  await app.evaluate(({ dialog }, answer) => {
    dialog.showOpenDialog = () => Promise.resolve(answer)
    dialog.showSaveDialog = () => Promise.resolve(answer)
  }, chooseFile(path))
  const opened = await window.evaluate(async () => {
    const page = globalThis as unknown as InPage & { changed: string[] }
    page.changed = []
    page.weir.documents.onChange(({ text }) => void page.changed.push(text))
    return await page.weir.documents.open()
  })
  expect(opened).toMatchObject({ path, name: 'x.weir.yaml', text: 'one' })
  const save = (path: string, text: string, digest: string) =>
    window.evaluate(
      ([path, text, digest]) =>
        (globalThis as unknown as InPage).weir.documents.save(path ?? '', text ?? '', digest ?? ''),
      [path, text, digest],
    )
  expect(await save(path, 'two', opened?.digest ?? '')).toMatchObject({ kind: 'saved' })
  expect(readFileSync(path, 'utf8')).toBe('two')
  writeFileSync(path, 'theirs')
  await until('the change is noticed', () =>
    window.evaluate(() => (globalThis as unknown as { changed: string[] }).changed.includes('theirs')),
  )
  expect(await save(path, 'mine', opened?.digest ?? '')).toMatchObject({
    kind: 'changed',
    document: { text: 'theirs' },
  })
  expect(readFileSync(path, 'utf8')).toBe('theirs')
  const foreign = join(folder, 'foreign')
  writeFileSync(foreign, 'x')
  expect(await save(foreign, 'mine', opened?.digest ?? '')).toMatchObject({ kind: 'problem' })
  expect(readFileSync(foreign, 'utf8')).toBe('x')
})

test('a copy is saved where the person says', async ({ app, window, folder }) => {
  const path = join(folder, 'copy.weir.yaml')
  await app.evaluate(({ dialog }, answer) => {
    dialog.showSaveDialog = () => Promise.resolve(answer)
  }, chooseFile(path))
  const saved = await window.evaluate(() =>
    (globalThis as unknown as InPage).weir.documents.saveAs('../../../etc/copy.weir.yaml', 'text'),
  )
  expect(saved).toMatchObject({ path, text: 'text' })
  await app.evaluate(({ dialog }) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' })
  })
  const cancelled = await window.evaluate(() => (globalThis as unknown as InPage).weir.documents.saveAs('a', 'text'))
  expect(cancelled).toBeNull()
})

import { statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { acquireDataLock } from './lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('is held once in a process, until it is released', () => {
  const lock = acquireDataLock(folder)
  expect(() => acquireDataLock(folder)).toThrow(`Another engine owns the data folder ${folder}.`)
  lock.release()
  lock.release()
  const again = acquireDataLock(folder)
  expect(statSync(join(folder, 'engine.lock')).mode & 0o777).toBe(0o600)
  again.release()
})

it('does not trip over a damaged engine.json', async () => {
  const lock = acquireDataLock(folder)
  for (const content of ['{"pid":', '[]', '{"pid":"x"}']) {
    await writeFile(join(folder, 'engine.json'), content)
    expect(() => acquireDataLock(folder)).toThrow(`Another engine owns the data folder ${folder}.`)
  }
  lock.release()
})

it('names a folder that is missing', () => {
  expect(() => acquireDataLock(join(folder, 'absent'))).toThrow(/absent.*no such file or folder/)
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { filesBelow, inWords } from './found.ts'

let place: string
let folder: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'weir-found-'))
  folder = join(place, 'given')
  mkdirSync(join(folder, 'sub'), { recursive: true })
  mkdirSync(join(place, 'outside'))
  for (const path of ['given/a.txt', 'given/sub/b.txt', 'outside/c.txt']) writeFileSync(join(place, path), path)
})
afterEach(() => rmSync(place, { recursive: true }))

async function found(path = folder): Promise<string[]> {
  const files: string[] = []
  for await (const file of filesBelow(path)) files.push(relative(folder, file))
  return files
}

// Windows has neither pipes of this kind nor links for all.
describe.skipIf(process.platform === 'win32')('files that are given away', () => {
  test('links inside of a folder are followed, and one that is named', async () => {
    symlinkSync('a.txt', join(folder, 'again.txt'))
    symlinkSync('sub', join(folder, 'linked'))
    expect(await found()).toEqual(['a.txt', 'again.txt', 'linked/b.txt', 'sub/b.txt'])
    symlinkSync(folder, join(place, 'link'))
    expect(await found(join(place, 'link'))).toHaveLength(4)
    expect(await found(join(folder, 'again.txt'))).toEqual(['again.txt'])
  })

  test.each(['../outside', '../outside/c.txt'])('a link out of the folder is refused: %s', async (target) => {
    symlinkSync(target, join(folder, 'out'))
    await expect(found()).rejects.toThrow(/out is a link to .*outside.*, out of the folder/)
  })

  test.each([
    ['.', /link is a link to .*given, a folder around it/],
    ['link', /link is a link that leads to itself/],
    ['nothing', /link is a link to nothing, which is not there/],
  ])('a link that leads nowhere is told: %s', async (target, words) => {
    symlinkSync(target, join(folder, 'link'))
    await expect(found()).rejects.toThrow(words)
  })

  test('only files are taken', async () => {
    await expect(found('/dev/null')).rejects.toThrow('/dev/null is a device')
    await expect(found('/dev/zero')).rejects.toThrow('/dev/zero is a device')
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await expect(found()).rejects.toThrow('pipe is a named pipe')
    rmSync(join(folder, 'pipe'))
    const server = createServer()
    await new Promise<void>((done) => server.listen(join(folder, 'sock'), done))
    await expect(found()).rejects.toThrow('sock is a socket')
    await new Promise((done) => server.close(done))
  })

  test('a file that vanishes is told', async () => {
    const files = filesBelow(folder)
    expect((await files.next()).value).toBe(join(folder, 'a.txt'))
    rmSync(join(folder, 'sub'), { recursive: true })
    await expect(files.next()).rejects.toThrow(/sub is not there/)
    const gone = Object.assign(new Error('gone'), { code: 'ENOENT' })
    await expect(inWords('x.txt', () => Promise.reject(gone))).rejects.toThrow(/x.txt is not there/)
  })
})

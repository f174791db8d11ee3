import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isDocumentName, readDocument, writeDocument } from './read.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-documents-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const put = (name: string, body: string | Uint8Array): string => {
  writeFileSync(join(folder, name), body)
  return join(folder, name)
}

test('a file is read with its digest, and saved over it when it is still the same', async () => {
  const path = put('a.weir.yaml', 'name: ä\n')
  chmodSync(path, 0o640)
  const document = await readDocument(path)
  expect(document).toMatchObject({ name: 'a.weir.yaml', text: 'name: ä\n' })
  const saved = await writeDocument(document.path, 'name: b\n', document.digest)
  expect(saved.kind).toBe('saved')
  expect(readFileSync(path, 'utf8')).toBe('name: b\n')
  expect(statSync(path).mode & 0o777).toBe(0o640)
  expect(readdirSync(folder)).toEqual(['a.weir.yaml'])
  expect(await writeDocument(path, 'name: c\n', saved.kind === 'saved' ? saved.digest : '')).toMatchObject({
    kind: 'saved',
  })
})

test('a file that was changed by another program is shown, and not overwritten', async () => {
  const path = put('a.weir.yaml', 'one')
  const { digest } = await readDocument(path)
  put('a.weir.yaml', 'two')
  expect(await writeDocument(path, 'mine', digest)).toMatchObject({ kind: 'changed', document: { text: 'two' } })
  expect(readFileSync(path, 'utf8')).toBe('two')
})

test('a file that was deleted meanwhile is written again', async () => {
  const path = put('a.weir.yaml', 'one')
  const { digest } = await readDocument(path)
  rmSync(path)
  expect(await writeDocument(path, 'mine', digest)).toMatchObject({ kind: 'saved' })
  expect(readFileSync(path, 'utf8')).toBe('mine')
})

test('behind a link the file is replaced, not the link', async () => {
  const path = put('real.weir.yaml', 'one')
  const link = join(folder, 'link.weir.yaml')
  symlinkSync(path, link)
  const document = await readDocument(link)
  await writeDocument(document.path, 'two', document.digest)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('two')
})

test('a byte order mark and line ends survive', async () => {
  const path = put('a.weir.yaml', '\ufeffname: a\r\n')
  const document = await readDocument(path)
  expect(document.text).toBe('\ufeffname: a\r\n')
})

test('what cannot be read is said in words', async () => {
  await expect(readDocument(join(folder, 'none.weir.yaml'))).rejects.toMatchObject({
    message: 'none.weir.yaml is not there.',
    fix: expect.stringContaining('moved or deleted'),
  })
  await expect(readDocument(folder)).rejects.toMatchObject({ message: expect.stringContaining('is a folder') })
  await expect(readDocument(put('latin.weir.yaml', Buffer.from([0x6e, 0xe4])))).rejects.toMatchObject({
    message: 'latin.weir.yaml is not a text in UTF-8.',
  })
  await expect(readDocument(put('big.weir.yaml', Buffer.alloc(33 * 1024 * 1024, 32)))).rejects.toMatchObject({
    message: expect.stringContaining('at most 32'),
  })
  expect(await writeDocument(join(folder, 'no', 'folder.weir.yaml'), 'x', null)).toMatchObject({ kind: 'problem' })
})

test('names of definitions', () => {
  for (const name of ['/a/weir.yaml', 'weir.yaml', 'x.weir.yaml', 'C:\\a\\My.Weir.YML'])
    expect(isDocumentName(name)).toBe(true)
  for (const name of ['/a/values.yaml', '/etc/passwd', 'weir.json', '/a/.weir.yaml.sh'])
    expect(isDocumentName(name)).toBe(false)
})

import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filesOfFolder, globsOf, isLocalSource, matchFiles, readSource } from './source.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-source-'))
  for (const dir of ['scripts/deep', '.git', 'empty']) await mkdir(join(folder, dir), { recursive: true })
  for (const file of [
    'weir.yaml',
    'a.py',
    'scripts/b.py',
    'scripts/deep/c.py',
    'scripts/d.txt',
    '.git/e.py',
    'scripts/.hidden.py',
  ])
    await writeFile(join(folder, file), 'name: x\n')
  await chmod(join(folder, 'a.py'), 0o755)
  await symlink('..', join(folder, 'scripts/loop'))
  await symlink('d.txt', join(folder, 'scripts/link.txt'))
})
afterAll(async () => await rm(folder, { recursive: true, force: true }))

const paths = async (...globs: string[]) => (await matchFiles(folder, globs)).map((file) => file.path)

it('finds files by globs, in order, each once', async () => {
  expect(await paths('*.py')).toEqual(['a.py'])
  expect(await paths('**/*.py', 'a.py')).toEqual(['a.py', 'scripts/b.py', 'scripts/deep/c.py'])
  expect(await paths('./scripts/*.{py,txt}')).toEqual(['scripts/b.py', 'scripts/d.txt', 'scripts/link.txt'])
  expect(await paths('scripts/.*.py')).toEqual(['scripts/.hidden.py'])
})

it('takes a folder with all that is in it, links to folders left alone', async () => {
  expect(await paths('scripts')).toEqual([
    'scripts/.hidden.py',
    'scripts/b.py',
    'scripts/d.txt',
    'scripts/deep/c.py',
    'scripts/link.txt',
  ])
  expect((await filesOfFolder(join(folder, 'scripts'))).map((file) => file.path)).toEqual([
    '.hidden.py',
    'b.py',
    'd.txt',
    'deep/c.py',
    'link.txt',
  ])
})

it('knows what is executable', async () => {
  const [file] = await matchFiles(folder, ['a.py'])
  expect(file).toMatchObject({ path: 'a.py', size: 8, executable: true })
})

it('leaves it to the engine to say what is wrong with a glob, and never reads outside the folder', async () => {
  expect(await paths('*.r', '../*', '/etc/*', 'scripts/../../*')).toEqual([])
})

it('reads the globs of a definition, and none of a broken one', async () => {
  expect(await globsOf('name: x\nfiles:\n  - "*.py"\n')).toEqual(['*.py'])
  expect(await globsOf('{name: x, files: [a, b]}')).toEqual(['a', 'b'])
  expect(await globsOf('files: [')).toEqual([])
  expect(await globsOf('- files')).toEqual([])
  expect(await globsOf('steps: {a: {files: [x]}}')).toEqual([])
})

it('reads a file, or the weir.yaml of a folder', async () => {
  expect(await readSource('weir.yaml', folder)).toEqual({ text: 'name: x\n', label: 'weir.yaml', folder })
  expect(await readSource(folder)).toMatchObject({ label: join(folder, 'weir.yaml'), folder })
  await expect(readSource('empty', folder)).rejects.toThrow(/holds no weir.yaml/)
  await expect(readSource('absent.yaml', folder)).rejects.toMatchObject({ exit: 'notFound' })
})

it('refuses what is no text', async () => {
  await writeFile(join(folder, 'binary.yaml'), Buffer.from([0x6e, 0xff, 0xfe]))
  await expect(readSource('binary.yaml', folder)).rejects.toThrow(/not UTF-8/)
})

it('tells a definition from the name of a workflow', async () => {
  expect(await isLocalSource('weir.yaml')).toBe(true)
  expect(await isLocalSource('-')).toBe(true)
  expect(await isLocalSource(folder)).toBe(true)
  expect(await isLocalSource('seattle-weather')).toBe(false)
})

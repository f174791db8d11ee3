import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adoptFolders, removeCondemned } from './folders.ts'
import { openRegistry, type Registry } from './registry.ts'

let data: string
let root: string
let registry: Registry
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-registry-'))
  root = join(data, 'projects')
  registry = openRegistry(data)
})
afterEach(() => {
  registry.close()
  rmSync(data, { recursive: true, force: true })
})

const names = (): string[] => registry.list().map(({ name }) => name)

test('folders of an engine that had no registry become projects, and what is no project does not', () => {
  for (const folder of ['default', 'mice', 'Not A Name', '.hidden']) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'file'), '')
  adoptFolders(registry, root, ['default'], 5)
  adoptFolders(registry, root, ['default'], 6)
  expect(names()).toEqual(['default', 'mice'])
})

test('a project that is always there needs no folder', () => {
  adoptFolders(registry, root, ['default'], 5)
  expect(registry.list()).toEqual([
    { folder: 'default', name: 'default', description: '', createdAt: 5, archivedAt: null },
  ])
})

test('a renamed project is not taken for a new one, nor is its old name', () => {
  mkdirSync(join(root, 'mice'), { recursive: true })
  adoptFolders(registry, root, [], 5)
  registry.change('mice', { name: 'rats', description: '' })
  adoptFolders(registry, root, [], 6)
  expect(names()).toEqual(['rats'])
})

test('a copy that a person named like a project is left alone until it has a name of its own', () => {
  adoptFolders(registry, root, ['default'], 5)
  registry.change('default', { name: 'mice', description: '' })
  mkdirSync(join(root, 'mice'), { recursive: true })
  adoptFolders(registry, root, [], 6)
  expect(registry.list().map(({ folder }) => folder)).toEqual(['default'])
})

test('what is condemned is gone at once, its name is free, and its folder goes later, also after a crash', async () => {
  mkdirSync(join(root, 'mice', 'runs'), { recursive: true })
  adoptFolders(registry, root, [], 5)
  registry.condemn('mice')
  expect([names(), registry.find('mice')]).toEqual([[], null])
  registry.close()
  registry = openRegistry(data)
  // The next start does not make a project of the folder that waits for its end.
  adoptFolders(registry, root, [], 6)
  expect(names()).toEqual([])
  await removeCondemned(registry, root, () => undefined)
  expect([existsSync(join(root, 'mice')), registry.folders().size]).toEqual([false, 0])
})

test('a folder that is being filled is no project, stays while it is filled, and goes when nobody fills it any more', async () => {
  registry.reserve('mice', 5)
  mkdirSync(join(root, 'mice'), { recursive: true })
  await removeCondemned(registry, root, () => undefined, new Set(['mice']))
  expect([names(), existsSync(join(root, 'mice'))]).toEqual([[], true])
  registry.addReserved({ folder: 'mice', name: 'mice-2', description: 'all', createdAt: 7, archivedAt: null })
  await removeCondemned(registry, root, () => undefined)
  expect([names(), existsSync(join(root, 'mice'))]).toEqual([['mice-2'], true])
  registry.reserve('rats', 8)
  mkdirSync(join(root, 'rats'))
  await removeCondemned(registry, root, () => undefined)
  expect([names(), existsSync(join(root, 'rats'))]).toEqual([['mice-2'], false])
})

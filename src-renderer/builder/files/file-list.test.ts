import { describe, expect, it } from 'vitest'
import type { AssetFile } from '../../../src-shared/contract/index.ts'
import { globFor, listed, merged, pathFault, renameEdit } from './file-list.ts'

const file = (path: string, more: Partial<AssetFile> = {}): AssetFile => ({
  path,
  digest: 'd'.repeat(64),
  size: 1,
  ...more,
})

describe('files of a workflow', () => {
  it('says which ones a glob includes', () => {
    const files = [file('scripts/fit.py'), file('data/a.csv'), file('readme.md')]
    expect(listed(files, ['scripts', 'data/*.csv']).map((one) => [one.file.path, one.isIncluded])).toEqual([
      ['data/a.csv', true],
      ['readme.md', false],
      ['scripts/fit.py', true],
    ])
  })

  it('includes any file by a glob of its own', () => {
    for (const path of ['a.csv', 'a [1].csv', 'b{c}.py', 'x(1)!.txt', 'a+b@c.txt']) {
      expect(listed([file(path)], [globFor(path)])[0]?.isIncluded, path).toBe(true)
    }
  })

  it('keeps a file included that is named by itself when its path changes', () => {
    expect(renameEdit(['*.mjs', 'a.py'], 'a.py', 'scripts/a.py')).toEqual({ path: ['files', 1], value: 'scripts/a.py' })
    expect(renameEdit(['*.py'], 'a.py', 'b.py')).toBeNull()
  })

  it('replaces a body and keeps whether the file can be executed', () => {
    const next = merged([file('a', { executable: true }), file('b')], [file('a', { size: 2 }), file('c')])
    expect(next).toEqual([file('a', { size: 2, executable: true }), file('b'), file('c')])
  })

  it('refuses paths that leave the folder', () => {
    expect(pathFault('a/b.txt', [])).toBeNull()
    for (const path of ['', '/a', 'a//b', '../a', 'C:/a', 'a\\b']) expect(pathFault(path, []), path).not.toBeNull()
    expect(pathFault('a', ['a'])).toMatch('already')
  })
})

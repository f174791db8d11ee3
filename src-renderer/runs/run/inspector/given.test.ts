import { expect, it } from 'vitest'
import type { Asset } from '../../../../src-shared/contract/index.ts'
import { commandText } from './command-text.ts'
import { inputFiles } from './input-files.ts'

it('writes a command as one would type it', () => {
  expect(commandText({ argv: ['/bin/sh', '-e', '-c', 'echo 1\necho 2'] })).toBe('echo 1\necho 2')
  expect(commandText({ argv: ['fit', '--name', "it's", 'a b', 'x=1'] })).toBe(`fit --name 'it'\\''s' 'a b' x=1`)
  expect(commandText({ argv: [] })).toBe('')
})

it('finds the asset that a file of an input came from, the newest of the same', () => {
  const file = { path: 'out.json', digest: 'a'.repeat(64), size: 4 }
  const asset = (attempt: number): Asset => ({
    kind: 'asset',
    id: `aaaaaaa2:n:${attempt}:file`,
    run: 'aaaaaaa2',
    step: 'n',
    attempt,
    name: 'file',
    size: 4,
    files: [file],
  })
  const uploaded = { path: 'in.csv', digest: 'b'.repeat(64), size: 9 }
  const found = inputFiles(
    {
      n: 3,
      made: { kind: 'asset', name: 'file', files: [file] },
      csv: { kind: 'asset', name: 'csv', files: [uploaded] },
    },
    [asset(1), asset(2)],
  )
  expect(found.map(({ name, asset: from }) => [name, from?.id])).toEqual([
    ['made', 'aaaaaaa2:n:2:file'],
    ['csv', undefined],
  ])
})

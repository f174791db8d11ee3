import { describe, expect, it } from 'vitest'
import { bundlesOf, definitionsIn, filesFor, globsOf } from './bundle.ts'

const file = (path: string, text = '') => ({ path, file: new File([text], path) })
const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path)

describe('definitionsIn', () => {
  it('finds weir.yaml and *.weir.yaml anywhere, and other YAML only when it was picked by itself', () => {
    const files = [file('weir.yaml'), file('sub/a.weir.yml'), file('config.yaml'), file('notweir.yaml')]
    expect(paths(definitionsIn({ folder: 'x', files }))).toEqual(['weir.yaml', 'sub/a.weir.yml'])
    expect(paths(definitionsIn({ folder: null, files: [file('flow.yaml')] }))).toEqual(['flow.yaml'])
    expect(definitionsIn({ folder: 'x', files: [file('flow.yaml')] })).toEqual([])
  })
})

describe('filesFor', () => {
  const files = [
    file('a/run.mjs'),
    file('a/data/one.csv'),
    file('a/data/deep/two.csv'),
    file('b/run.mjs'),
    file('a/.env'),
  ]

  it('matches below the folder of the definition, and names what matches nothing', () => {
    const { files: found, missing } = filesFor(['*.mjs', 'data', './none/*'], 'a/weir.yaml', files)
    expect(paths(found)).toEqual(['data/deep/two.csv', 'data/one.csv', 'run.mjs'])
    expect(missing).toEqual(['./none/*'])
  })

  it('takes hidden files only when they are named', () => {
    expect(paths(filesFor(['*'], 'a/weir.yaml', files).files)).toEqual(['run.mjs'])
    expect(paths(filesFor(['.env'], 'a/weir.yaml', files).files)).toEqual(['.env'])
  })
})

describe('bundlesOf', () => {
  it('reads a folder with two workflows', async () => {
    const picked = {
      folder: 'flows',
      files: [
        file('one/weir.yaml', "name: one\nfiles: ['*.sh']\nsteps: {}"),
        file('one/go.sh', 'echo'),
        file('two/weir.yaml', 'name: two\nfiles: [missing.py]\nsteps: {}'),
      ],
    }
    const bundles = await bundlesOf(picked)
    expect(bundles.map(({ path, files, missing }) => [path, paths(files), missing])).toEqual([
      ['one/weir.yaml', ['go.sh'], []],
      ['two/weir.yaml', [], ['missing.py']],
    ])
  })

  it('says what is no text', async () => {
    const bytes = new File([new Uint8Array([0xff, 0xfe, 0x00])], 'weir.yaml')
    await expect(bundlesOf({ folder: null, files: [{ path: 'weir.yaml', file: bytes }] })).rejects.toThrow(/not UTF-8/)
  })
})

it('reads globs only from what can be read', () => {
  expect(globsOf('files: [a, 1, b]')).toEqual(['a', 'b'])
  expect(globsOf('files: [a')).toEqual([])
  expect(globsOf('- files')).toEqual([])
})

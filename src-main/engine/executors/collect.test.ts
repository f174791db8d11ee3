import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Failure, Json, OutputSpec } from '../../../src-shared/contract/index.ts'
import { collectOutputs } from './collect.ts'
import type { Job } from './executor.ts'
import { OutputError } from './failure.ts'
import { type TestData, testData, testJob } from './test-job.ts'

let data: TestData
let work: string
beforeEach(() => {
  data = testData()
  work = join(data.root, 'work')
  mkdirSync(work)
  put('inputs.json', '{}')
})
afterEach(() => data[Symbol.dispose]())

function put(path: string, body: string | Uint8Array): void {
  mkdirSync(dirname(join(work, path)), { recursive: true })
  writeFileSync(join(work, path), body)
}

const collect = (outputs: Record<string, OutputSpec>, over: Partial<Job> = {}): Promise<Record<string, Json>> =>
  collectOutputs(testJob(data.root, 't', { outputs, ...over }), work, data.blobs)

async function failure(outputs: Record<string, OutputSpec>): Promise<Failure> {
  const error: unknown = await collect(outputs).then(
    () => null,
    (e: unknown) => e,
  )
  if (!(error instanceof OutputError)) throw new Error(`no OutputError but ${String(error)}`)
  return error.failure
}

const paths = (value: Json | undefined): string[] =>
  (value as { files: { path: string }[] }).files.map(({ path }) => path)

describe('values', () => {
  it.each([65, 5_000, 100_000])('are refused when they are nested %i levels deep', async (levels) => {
    put('a.json', '['.repeat(levels) + ']'.repeat(levels))
    expect(await failure({ a: { json: 'a.json' } })).toMatchObject({ code: 'output_too_deep' })
  })

  it('come from JSON and text files', async () => {
    put('out/a.json', '\uFEFF{"a": [1, null, "ü"]}\n')
    put('b.txt', 'two\nlines\r\n')
    expect(await collect({ a: { json: 'out/a.json' }, b: { text: 'b.txt' } })).toEqual({
      a: { a: [1, null, 'ü'] },
      b: 'two\nlines',
    })
  })

  it.each([
    ['{"a": NaN}', 'line 1, column 7', 'NaN'],
    ['{\n  "a": 1,\n}', 'line 3, column 1', 'JSON library'],
    ['[1, 2', 'line 1, column 6', 'JSON library'],
    ['{"a": "x\ny"}', 'line 1, column 9', 'JSON library'],
    ['[1] trailing', 'line 1, column 5', 'JSON library'],
    ['{"a": 01}', 'line 1, column 7', 'JSON library'],
  ])('of broken JSON %j name the place', async (text, place, fix) => {
    put('a.json', text)
    const found = await failure({ a: { json: 'a.json' } })
    expect(found.code).toBe('output_not_json')
    expect(found.message).toContain(place)
    expect(found.fix).toContain(fix)
  })

  it('are refused when they are no UTF-8, too large, empty or not there', async () => {
    put('latin1.txt', Buffer.from([0x67, 0xfc, 0x6e]))
    put('empty.json', '')
    put('large.txt', Buffer.alloc(16 * 1024 * 1024 + 1, 0x61))
    expect((await failure({ a: { text: 'latin1.txt' } })).code).toBe('output_not_text')
    expect((await failure({ a: { text: 'large.txt' } })).code).toBe('output_too_large')
    expect((await failure({ a: { json: 'empty.json' } })).message).toContain('it is empty')
    const missing = await failure({ a: { json: 'nothing.json' } })
    expect(missing.code).toBe('output_missing')
    expect(missing.message).toContain('The step wrote: empty.json, large.txt, latin1.txt.')
  })
})

describe('files', () => {
  it('have any name that is text', async () => {
    const names = ['a b', 'new\nline', '-rf', 'q"uote', '$(id)', '*', '[x]', '日本']
    for (const name of names) put(`o/${name}`, name)
    expect(paths((await collect({ o: { files: 'o/**' } }))['o'])).toEqual(names.map((name) => `o/${name}`).sort())
  })

  it.runIf(process.platform === 'linux')('refuse a name that is not UTF-8, with a remedy', async () => {
    put('o/a', 'a')
    execFileSync('/bin/sh', ['-c', 'mkdir "$(printf "x\\377")"; : > "$(printf "bad\\377")"'], { cwd: join(work, 'o') })
    const refused = await failure({ o: { files: 'o/**' } })
    expect(refused).toMatchObject({ code: 'output_refused', message: expect.stringContaining('not UTF-8') })
    expect(await collect({ o: { files: 'o/a' } })).toMatchObject({ o: { files: [{ path: 'o/a' }] } })
  })

  it('become assets, sorted by path, with their bodies stored and their mode kept', async () => {
    put('b/two.csv', '2')
    put('a.csv', '1')
    put('.hidden.csv', 'h')
    put('run.sh', 'echo')
    chmodSync(join(work, 'run.sh'), 0o755)
    const { parts, tool } = await collect({ parts: { files: '**/*.csv' }, tool: { files: 'run.sh' } })
    expect(paths(parts)).toEqual(['a.csv', 'b/two.csv'])
    const [first] = (parts as { files: { digest: string }[] }).files
    expect(Buffer.from(await data.blobs.read(first?.digest ?? '')).toString()).toBe('1')
    expect((tool as { files: unknown[] }).files).toEqual([
      expect.objectContaining({ path: 'run.sh', executable: true }),
    ])
  })

  it('of several globs, without what a glob with ! takes away', async () => {
    for (const path of ['a.csv', 'b.csv', 'c.txt']) put(path, path)
    expect(paths((await collect({ o: { files: ['*.csv', '*.txt', '!b.*'] } })).o)).toEqual(['a.csv', 'c.txt'])
  })

  it('that were put there are taken only when they are named, or when the step changed them', async () => {
    put('inputs/data/in.csv', 'in')
    put('scripts/own.csv', 'own')
    put('made.csv', 'made')
    put('changed.csv', 'aa')
    const past = new Date(Date.now() - 60_000)
    for (const path of ['scripts/own.csv', 'inputs.json', 'changed.csv']) utimesSync(join(work, path), past, past)
    const file = (path: string, size: number) => ({ path, size, digest: '0'.repeat(64) })
    const own = { files: [file('scripts/own.csv', 3), file('changed.csv', 2)] }
    const all = async (glob: string) => paths((await collect({ o: { files: glob } }, own)).o)
    expect(await all('**/*.csv')).toEqual(['made.csv'])
    put('changed.csv', 'bb')
    expect(await all('**/*.csv')).toEqual(['changed.csv', 'made.csv'])
    expect(await all('scripts/*.csv')).toEqual(['scripts/own.csv'])
    expect(await all('inputs/**')).toEqual(['inputs/data/in.csv'])
    expect(await all('inputs.json')).toEqual(['inputs.json'])
  })

  it('that no glob matches are an error that says what is there, or an empty asset when they are optional', async () => {
    put('out.tsv', 'x')
    const missing = await failure({ table: { files: 'out/*.csv' } })
    expect(missing.code).toBe('output_missing')
    expect(missing.message).toContain('"out/*.csv"')
    expect(missing.message).toContain('The step wrote: out.tsv.')
    expect(missing.fix).toContain('optional')
    expect(await collect({ table: { files: '*.csv', optional: true } })).toEqual({
      table: { kind: 'asset', name: 'table', files: [] },
    })
  })
})

describe('the working folder is never left', () => {
  beforeEach(() => {
    writeFileSync(join(data.root, 'secret.txt'), 'secret')
    mkdirSync(join(data.root, 'outside'))
    writeFileSync(join(data.root, 'outside', 'secret.txt'), 'secret')
  })

  it.each(['../secret.txt', '/etc/passwd', 'a/../../secret.txt', '', 'a\0b', '..\\secret.txt'])(
    'by the path %j',
    async (path) => {
      for (const spec of [{ json: path }, { text: path }, { files: path }, { files: [`!${path}`] }]) {
        expect((await failure({ o: spec })).code).toBe('output_outside')
      }
    },
  )

  it('by symlinks, to files and folders, direct and through links', async () => {
    symlinkSync('../secret.txt', join(work, 'link.txt'))
    symlinkSync('../outside', join(work, 'folder'))
    symlinkSync('folder', join(work, 'again'))
    for (const spec of [{ text: 'link.txt' }, { text: 'folder/secret.txt' }, { json: 'again/secret.txt' }]) {
      expect((await failure({ o: spec })).code).toBe('output_refused')
    }
    for (const glob of ['*.txt', 'link.txt', 'folder/**', 'again/*.txt', '**']) {
      const refused = await failure({ o: { files: glob } })
      expect(refused.code).toBe('output_refused')
      expect(refused.message).toContain('leads out of the working folder')
    }
    put('fine.csv', 'x')
    expect(paths((await collect({ o: { files: '*.csv' } })).o)).toEqual(['fine.csv'])
  })

  it('but symlinks inside are followed, also in circles', async () => {
    put('run1/a.csv', 'a')
    symlinkSync('run1', join(work, 'latest'))
    symlinkSync('..', join(work, 'run1', 'up'))
    symlinkSync('run1/a.csv', join(work, 'b.csv'))
    expect(paths((await collect({ o: { files: 'latest/*.csv' } })).o)).toEqual(['latest/a.csv'])
    expect(paths((await collect({ o: { files: '*.csv' } })).o)).toEqual(['b.csv'])
    expect(await collect({ o: { text: 'latest/a.csv' } })).toEqual({ o: 'a' })
  })

  it('and only regular files are taken', async () => {
    execFileSync('mkfifo', [join(work, 'pipe')])
    symlinkSync('nowhere', join(work, 'broken'))
    expect((await failure({ o: { text: 'pipe' } })).code).toBe('output_refused')
    expect((await failure({ o: { files: 'p*' } })).message).toContain('a named pipe')
    expect((await failure({ o: { files: 'br*' } })).message).toContain('does not exist')
    expect((await failure({ o: { text: 'inputs' } })).code).toBe('output_missing')
    mkdirSync(join(work, 'dir'))
    expect((await failure({ o: { text: 'dir' } })).code).toBe('output_refused')
  })
})

import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { drawn, parseTable, sortedRows } from './csv.ts'
import { PART, rowsOf } from './json-rows.ts'
import { kindOf, looksLikeText } from './kinds.ts'
import { visible } from './visible.ts'
import { crc32, zipOf } from './zip.ts'

/** Somebody else's reader; it has no types. */
const { fromBuffer } = createRequire(import.meta.url)('yauzl') as {
  fromBuffer(bytes: Buffer, options: object, done: (error: Error | null, zip: NodeJS.EventEmitter) => void): void
}

describe('tables', () => {
  test('quotes, commas and line ends in fields, a byte order mark, empty lines', () => {
    const table = parseTable('\ufeffa,b\r\n"x, ""y""","two\nlines"\r\n\r\n1,\r\n', true)
    expect(table.header).toEqual(['a', 'b'])
    expect(table.rows).toEqual([
      ['x, "y"', 'two\nlines'],
      ['1', ''],
    ])
    expect(table.problem).toBeNull()
  })

  test.each([
    ['a;b\n1;2', ';'],
    ['a\tb\n1\t2', 'tab'],
    ['a|b\n1|2', '|'],
  ])('finds the delimiter of %j', (text) => {
    expect(parseTable(text, true).header).toEqual(['a', 'b'])
  })

  test('rows of any length, titles that are missing or hostile', () => {
    const table = parseTable('__proto__,constructor\n1,2,3\n4\n', true)
    expect(table.header).toEqual(['__proto__', 'constructor', ''])
    expect(table.numeric).toEqual([true, true, true])
  })

  test('of a table that is wider than can be drawn, the first columns are; sorting has all of a field', () => {
    const wide = parseTable(`a,b\n"${'x,\n'.repeat(2000)}`, true)
    expect(wide).toMatchObject({ columns: 2, problem: expect.stringContaining('no end') })
    expect(drawn(wide.rows[0] ?? [])[0]).toHaveLength(2001)
    const columns = Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',')
    const table = parseTable(`${columns}\n${columns}\n`, true)
    expect([table.columns, table.header.length, table.numeric.length]).toEqual([10_000, 300, 300])
    expect(drawn(table.rows[0] ?? [])).toHaveLength(300)
  })

  test('numbers are told from words', () => {
    const { numeric } = parseTable('n,e,w,gap,none\n1,1e-3,x,,\n-2.5,NaN,2,7,\n', true)
    expect(numeric).toEqual([true, true, false, true, false])
  })

  test('says where a quote has no end, but not of a text that was cut', () => {
    expect(parseTable('a,b\n1,"never', true).problem).toMatch(/no end/)
    expect(parseTable('a,b\n1,2\n3,"cut', false)).toMatchObject({ problem: null, rows: [['1', '2']] })
  })

  test('sorts numbers as numbers and words as words; gaps last; equals keep their order', () => {
    const table = parseTable('n,w\n10,b10\n,b9\n9,\n10,a\n', true)
    const sorted = (column: number, isDescending: boolean) => [...sortedRows(table, { column, isDescending })]
    expect(sorted(0, false)).toEqual([2, 0, 3, 1])
    expect(sorted(0, true)).toEqual([0, 3, 2, 1])
    expect(sorted(1, false)).toEqual([3, 1, 0, 2])
    expect([...sortedRows(table, null)]).toEqual([0, 1, 2, 3])
  })
})

describe('trees', () => {
  const paths = (value: Parameters<typeof rowsOf>[0], toggled: string[] = []) =>
    rowsOf(value, new Set(toggled)).map(({ path }) => path)

  test('paths are as expressions write them', () => {
    expect(paths({ a: [{ 'b c': 1 }] })).toEqual(['a', 'a[0]', 'a[0]["b c"]'])
    expect(paths({ a: [{ 'b c': 1 }] }, ['a[0]'])).toEqual(['a', 'a[0]'])
    expect(paths({ a: { b: 1 } }, ['a'])).toEqual(['a'])
    expect(paths('text')).toEqual([''])
  })

  test('a long list opens in parts', () => {
    const rows = rowsOf(
      Array.from({ length: 2 * PART + 5 }, (_, index) => index),
      new Set(),
    )
    expect(rows.map(({ label }) => label)).toEqual(['[0 … 999]', '[1000 … 1999]', '[2000 … 2004]'])
    const opened = rowsOf(
      Array.from({ length: 2 * PART + 5 }, (_, index) => index),
      new Set([rows[2]?.path ?? '']),
    )
    expect(opened.at(-1)).toMatchObject({ path: '[2004]', value: 2004 })
  })

  test('fields with the names of prototypes are fields', () => {
    const value = JSON.parse('{"__proto__": 1, "constructor": null}') as Record<string, number | null>
    expect(rowsOf(value, new Set()).map(({ label, value: one }) => [label, one])).toEqual([
      ['__proto__', 1],
      ['constructor', null],
    ])
  })
})

describe('kinds of files', () => {
  test.each([
    ['out/report.HTML', 'html'],
    ['a/b.tar.gz', 'unknown'],
    ['README', 'unknown'],
    ['Makefile', 'text'],
    ['plot.svg', 'image'],
    ['folder.png/file', 'unknown'],
    ['x.ndjson', 'text'],
  ])('%s is %s', (path, kind) => {
    expect(kindOf(path)).toBe(kind)
  })

  test('bytes are text when they can be', () => {
    expect(looksLikeText(new TextEncoder().encode('héllo'))).toBe(true)
    expect(looksLikeText(new TextEncoder().encode('hé').subarray(0, 2))).toBe(true)
    expect(looksLikeText(new Uint8Array([0x68, 0]))).toBe(false)
    expect(looksLikeText(new Uint8Array([0xff, 0xfe]))).toBe(false)
  })
})

test('a zip tells names, sizes and checksums, and holds the bytes', async () => {
  async function* files() {
    yield { path: 'fit/plots/é.txt', body: new Blob(['hello']) }
    yield { path: 'empty', body: new Blob([]) }
  }
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  const bytes = Buffer.from(await (await zipOf(files())).arrayBuffer())
  const seen = await new Promise<unknown[]>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: false, strictFileNames: true }, (error, zip) => {
      if (error !== null) return reject(error)
      const entries: unknown[] = []
      zip.on('entry', (entry: { fileName: string; uncompressedSize: number; crc32: number }) =>
        entries.push([entry.fileName, entry.uncompressedSize, entry.crc32]),
      )
      zip.on('end', () => resolve(entries))
      zip.on('error', reject)
    })
  })
  expect(seen).toEqual([
    ['fit/plots/é.txt', 5, crc32(new TextEncoder().encode('hello'))],
    ['empty', 0, 0],
  ])
})

test('a name cannot pretend to be another', () => {
  expect(visible('evil\u202egnp.exe')).toBe('evil‹202E›gnp.exe')
  expect(visible('plots/é 日本.png')).toBe('plots/é 日本.png')
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Param } from '../../src-shared/contract/index.ts'
import { readParams } from './params.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-params-'))
})
afterAll(async () => await rm(folder, { recursive: true, force: true }))

const declared: Record<string, Param> = {
  year: { type: 'integer' },
  rate: { type: 'number' },
  fast: { type: 'boolean' },
  note: { type: 'string' },
  years: { type: 'array', items: { type: 'integer' } },
  names: { type: 'array', items: { type: 'string' } },
  options: { type: 'object' },
  csv: { type: 'file' },
  images: { type: 'directory' },
  key: { type: 'secret' },
  data: { type: 'file', multiple: true },
  release: { type: 'json', schema: { type: 'boolean' } },
}
const values = async (...given: string[]) => (await readParams(declared, given, undefined, folder)).values

describe('texts become values by the declared type', () => {
  it.each([
    ['year=2014', { year: 2014 }],
    ['rate=0.5', { rate: 0.5 }],
    ['rate=1e-3', { rate: 0.001 }],
    ['fast=yes', { fast: true }],
    ['fast=False', { fast: false }],
    ['release=yes', { release: true }],
    ['release=off', { release: false }],
    ['release=0', { release: false }],
    ['release=maybe', { release: 'maybe' }],
    ['note=a=b', { note: 'a=b' }],
    ['note=', { note: '' }],
    ['note=@literal', { note: '@literal' }],
    ['note=007', { note: '007' }],
    ['years=2012,2013', { years: [2012, 2013] }],
    ['years=[2012]', { years: [2012] }],
    ['years=', { years: [] }],
    ['names=1,b', { names: ['1', 'b'] }],
    ['options={"a":[1]}', { options: { a: [1] } }],
  ])('%s', async (text, expected) => {
    expect(await values(text)).toEqual(expected)
  })

  it('gathers a list that is given item by item', async () => {
    expect(await values('years=2012', 'years=2013')).toEqual({ years: [2012, 2013] })
  })

  it('reads objects and secrets from files, without the last line end', async () => {
    await writeFile(join(folder, 'options.json'), '{"depth": 3}')
    await writeFile(join(folder, 'key'), 's3cret\n')
    expect(await values('options=@options.json', 'key=@key')).toEqual({ options: { depth: 3 }, key: 's3cret' })
  })
})

describe('refuses', () => {
  it.each([
    ['year=2014.5', /whole number/],
    ['year=', /whole number/],
    ['rate=fast', /a number/],
    ['fast=maybe', /true or false/],
    ['options={a}', /in JSON/],
    ['yaer=2014', /no parameter yaer/],
    ['note', /has no value/],
  ])('%s', async (text, message) => {
    await expect(values(text)).rejects.toThrow(message)
  })

  it('a value that is given twice, and says what was meant by a typing error', async () => {
    await expect(values('year=1', 'year=2')).rejects.toThrow(/2 times/)
    await expect(values('yaer=2014')).rejects.toMatchObject({ exit: 'invalid', fix: 'Did you mean year?' })
  })
})

describe('files', () => {
  it('keeps paths apart, relative to where they were written', async () => {
    await writeFile(join(folder, 'night.yaml'), 'csv: data/a.csv\nimages: scans\nyear: 2013\n')
    const given = await readParams(declared, ['csv=@b.csv', 'year=2014'], 'night.yaml', folder)
    expect(given.values).toEqual({ year: 2014 })
    expect(given.paths).toEqual([
      { name: 'csv', type: 'file', paths: [join(folder, 'b.csv')] },
      { name: 'images', type: 'directory', paths: [join(folder, 'scans')] },
    ])
  })

  it('takes several paths where several files may be given', async () => {
    const { paths, values: others } = await readParams(declared, ['data=a.csv', 'data=@scans'], undefined, folder)
    expect(paths).toEqual([{ name: 'data', type: 'files', paths: [join(folder, 'a.csv'), join(folder, 'scans')] }])
    expect(others).toEqual({})
    await writeFile(join(folder, 'files.yaml'), 'data: [a.csv, b.csv]\n')
    const fromFile = await readParams(declared, [], 'files.yaml', folder)
    expect(fromFile.paths[0]?.paths).toEqual([join(folder, 'a.csv'), join(folder, 'b.csv')])
    await expect(values('csv=a.csv', 'csv=b.csv')).rejects.toThrow(/2 times/)
  })

  it('says when the params file is missing or no object', async () => {
    await expect(readParams(declared, [], 'absent.json', folder)).rejects.toMatchObject({ exit: 'notFound' })
    await writeFile(join(folder, 'list.json'), '[1]')
    await expect(readParams(declared, [], 'list.json', folder)).rejects.toMatchObject({ exit: 'invalid' })
  })
})

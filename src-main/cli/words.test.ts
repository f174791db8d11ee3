import { expect, it } from 'vitest'
import { dataFolder } from './data-folder.ts'
import { exitCodes, exitOfProblem, exitOfRun } from './exit-codes.ts'
import { nearest } from './nearest.ts'
import { wantsColor, wantsUnicode } from './output.ts'
import { cut } from './progress.ts'
import { formatBytes, formatDuration, parseDuration } from './times.ts'
import { transferLine } from './transfer.ts'

it.each([
  [-5, '0ms'],
  [0, '0ms'],
  [840, '840ms'],
  [9990, '9.9s'],
  [12_400, '12s'],
  [63_000, '1m 03s'],
  [7_500_000, '2h 05m'],
  [273_600_000, '3d 04h'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

it.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['2', null],
  ['', null],
  ['1.5m', 90_000],
  ['3 s', null],
])('%s is %s ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1200, '1.2 kB'],
  [310_000_000, '310 MB'],
  [4e9, '4.0 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

it('says how a transfer goes', () => {
  expect(transferLine('Uploading csv', 5_000_000, 10_000_000, 1000)).toBe(
    'Uploading csv  5.0 MB of 10.0 MB  5.0 MB/s  1.0s left',
  )
  expect(transferLine('Downloading x', 0, null, 0)).toBe('Downloading x  0 B  0 B/s')
})

it('cuts at graphemes and keeps what fits', () => {
  expect(cut('abcdef', 6)).toBe('abcdef')
  expect(cut('abcdef', 4)).toBe('abc…')
  expect(cut('a\n  b\tc', 10)).toBe('a b c')
  expect(cut('数字数字', 5)).toBe('数字…')
})

it('suggests what is near, and nothing else', () => {
  expect(nearest('yaer', ['data', 'year'])).toBe('year')
  expect(nearest('zzz', ['data', 'year'])).toBeNull()
  expect(nearest('x', [])).toBeNull()
})

it('gives scripts one exit code for each kind of end', () => {
  expect(exitOfProblem('run_not_found')).toBe('notFound')
  expect(exitOfProblem('params_invalid')).toBe('invalid')
  expect(exitOfProblem('workflow_invalid')).toBe('invalid')
  expect(exitOfProblem('forbidden')).toBe('refused')
  expect(exitOfProblem('run_not_finished')).toBe('unfinished')
  expect(exitOfProblem('disk_full')).toBe('failed')
  expect(exitOfProblem('of_a_newer_engine')).toBe('failed')
  expect([exitOfRun('succeeded'), exitOfRun('failed'), exitOfRun('cancelled')]).toEqual(['ok', 'failed', 'cancelled'])
  const numbers = Object.values(exitCodes).map(([code]) => code)
  expect(new Set(numbers).size).toBe(numbers.length)
})

it('respects NO_COLOR, FORCE_COLOR, pipes and locales', () => {
  const here = (env: Record<string, string>) => ({ env, platform: 'linux' as const })
  expect(wantsColor(true, here({}))).toBe(true)
  expect(wantsColor(false, here({}))).toBe(false)
  expect(wantsColor(true, here({ NO_COLOR: '1', FORCE_COLOR: '1' }))).toBe(false)
  expect(wantsColor(false, here({ FORCE_COLOR: '1' }))).toBe(true)
  expect(wantsColor(true, here({ TERM: 'dumb' }))).toBe(false)
  expect(wantsUnicode(here({ LANG: 'de_DE.UTF-8' }))).toBe(true)
  expect(wantsUnicode(here({ LANG: 'C.utf8' }))).toBe(true)
  expect(wantsUnicode(here({ LANG: 'C' }))).toBe(false)
  expect(wantsUnicode(here({ LANG: 'de_DE.UTF-8', TERM: 'linux' }))).toBe(false)
})

it('finds the data folder as each platform keeps it', () => {
  const choice = (platform: NodeJS.Platform, env: Record<string, string> = {}, given?: string) =>
    dataFolder({ given, env, platform, home: '/home/ana' })
  expect(choice('linux')).toBe('/home/ana/.local/share/weir')
  expect(choice('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/weir')
  expect(choice('darwin')).toBe('/home/ana/Library/Application Support/Weir')
  expect(choice('linux', { WEIR_DATA: '/lab' })).toBe('/lab')
  expect(choice('linux', { WEIR_DATA: '/lab' }, '/given')).toBe('/given')
})

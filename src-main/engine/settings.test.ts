import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EngineSettings } from '../../src-shared/contract/index.ts'
import { readConfig, writeConfig } from './config.ts'
import { createSettings } from './settings.ts'

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-settings-'))
})
afterEach(() => rmSync(data, { recursive: true }))

const DEFAULTS: EngineSettings = { listen: null, logLevel: 'info', retention: { keepRuns: 10_000, keepDays: 365 } }
const file = (): string => join(data, 'config.json')

describe('config.json', () => {
  test('gives defaults for what it does not say, and for what is not there', () => {
    expect(readConfig(data)).toEqual(DEFAULTS)
    writeFileSync(file(), '{"listen": "", "retention": {"keepDays": 2}}')
    expect(readConfig(data)).toEqual({ ...DEFAULTS, retention: { keepRuns: 10_000, keepDays: 2 } })
  })

  test.each(['{"lissten": 1}', '{"logLevel": "loud"}', '{"retention": {"keepRun": 3}}', '{', '[]', 'null'])(
    'is refused when it is %s',
    (text) => {
      writeFileSync(file(), text)
      expect(() => readConfig(data)).toThrow(
        expect.objectContaining({ code: 'bad_request', message: expect.stringContaining(file()) as string }),
      )
    },
  )

  test('is written whole, for this user alone, and reads back the same', () => {
    const settings: EngineSettings = { ...DEFAULTS, listen: '127.0.0.1:7300', logLevel: 'debug' }
    writeConfig(data, settings)
    expect(readConfig(data)).toEqual(settings)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(readdirSync(data)).toEqual(['config.json'])
    writeConfig(data, DEFAULTS)
    expect(readFileSync(file(), 'utf8')).not.toContain('listen')
  })
})

describe('settings of an engine that runs', () => {
  const make = (started: EngineSettings = DEFAULTS) => {
    const applied: EngineSettings[] = []
    return { applied, settings: createSettings({ data, started, apply: async (next) => void applied.push(next) }) }
  }

  test('are put to use at once, but for the address', async () => {
    const { applied, settings } = make()
    expect(settings.get()).toEqual({ settings: DEFAULTS, restartNeeded: false })
    const quiet: EngineSettings = { ...DEFAULTS, logLevel: 'warn', retention: { keepRuns: 3, keepDays: 0.5 } }
    expect(await settings.save(quiet)).toEqual({ settings: quiet, restartNeeded: false })
    const moved = { ...quiet, listen: '7300' }
    expect(await settings.save(moved)).toEqual({ settings: moved, restartNeeded: true })
    expect(settings.get()).toEqual({ settings: moved, restartNeeded: true })
    expect(await settings.save({ ...quiet, listen: '' })).toEqual({ settings: quiet, restartNeeded: false })
    expect(applied).toEqual([quiet, moved, quiet])
  })

  test.each([
    ['0.0.0.0:7767', 'address_refused'],
    ['lab.example:80', 'address_refused'],
    ['nonsense', 'bad_request'],
    ['127.0.0.1:99999', 'bad_request'],
  ])('an address that the start would refuse is not saved: %s', async (listen, code) => {
    const { applied, settings } = make()
    await expect(settings.save({ ...DEFAULTS, listen })).rejects.toMatchObject({
      code,
      context: { field: 'body.listen' },
    })
    expect([existsSync(file()), applied]).toEqual([false, []])
  })

  test('a file that a person wrote meanwhile and that cannot be read is not written over', async () => {
    const { applied, settings } = make()
    writeFileSync(file(), '{"lissten": 1}')
    await expect(settings.save(DEFAULTS)).rejects.toMatchObject({ code: 'bad_request' })
    expect([readFileSync(file(), 'utf8'), applied]).toEqual(['{"lissten": 1}', []])
  })
})

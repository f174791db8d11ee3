import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLog } from './logger.ts'
import { RotatingFile } from './rotating-file.ts'

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-log-'))
})
afterEach(() => rmSync(data, { recursive: true }))

test('lines are JSON with time, level and words, and hold no secrets', () => {
  const file = openLog(data)
  file.log.info({ token: 't0ps3cret', request: { authorization: 'Bearer t0ps3cret' }, project: 'default' }, 'hello')
  file.log.debug('too fine')
  file.close()
  const text = readFileSync(file.path, 'utf8')
  expect(text).not.toContain('t0ps3cret')
  expect(JSON.parse(text)).toMatchObject({
    level: 'info',
    project: 'default',
    msg: 'hello',
    time: expect.stringMatching(/Z$/),
  })
  expect(statSync(file.path).mode & 0o777).toBe(0o600)
})

test('errors keep their stack and cause', () => {
  const file = openLog(data)
  file.log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed')
  file.close()
  expect(readFileSync(file.path, 'utf8')).toMatch(/outer.*inner/)
})

test('what an error carries stays out of the log: a warning of Node holds the request that it is about', () => {
  const emitter = { req: { rawHeaders: ['authorization', 'Bearer t0ps3cret'] } }
  const warning = Object.assign(new Error('11 close listeners added'), { emitter, count: 11, type: 'close' })
  const file = openLog(data)
  file.log.warn({ err: warning }, 'the runtime warns')
  file.log.error(warning)
  file.log.error({ err: new AggregateError([warning, new Error('the second')], 'both failed') }, 'failed')
  file.log.error({ err: new Error('outer', { cause: warning }) }, 'failed')
  file.close()
  const text = readFileSync(file.path, 'utf8')
  expect(text).not.toContain('t0ps3cret')
  expect(text.match(/11 close listeners added\\n {4}at /g)).toHaveLength(4)
  expect(text).toContain('the second')
  expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({
    err: { message: '11 close listeners added', count: 11 },
  })
})

test('a file is put aside when it is full, and only so many are kept', () => {
  const path = join(data, 'x.log')
  const file = new RotatingFile(path, 100)
  for (let n = 0; n < 40; n += 1) {
    file.write(`${String(n).padStart(49, '0')}\n`)
    file.flush()
  }
  file.close()
  expect(readdirSync(data).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2', 'x.log.3', 'x.log.4'])
  expect(readFileSync(path, 'utf8')).toMatch(/0038\n.*0039\n$/)
  expect(readFileSync(`${path}.4`, 'utf8')).toMatch(/0030\n.*0031\n$/)
})

test('a log that cannot be written costs lines and says how many when it can', () => {
  const path = join(data, 'logs', 'x.log')
  writeFileSync(join(data, 'logs'), 'a file where the folder should be')
  const file = new RotatingFile(path)
  file.write('one\n')
  file.write('two\n')
  file.flush()
  rmSync(join(data, 'logs'))
  file.write('three\n')
  file.close()
  expect(readFileSync(path, 'utf8')).toMatch(/2 log lines could not be written.*\nthree\n$/)
})

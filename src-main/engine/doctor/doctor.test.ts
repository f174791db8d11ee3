import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Finding } from '../../../src-shared/contract/index.ts'
import { type Check, examine, type Place } from './check.ts'
import { clock } from './checks/clock.ts'
import { dataFolder } from './checks/data-folder.ts'
import { docker } from './checks/docker.ts'
import { listener } from './checks/listener.ts'
import { lock } from './checks/lock.ts'
import { judge } from './checks/node.ts'
import { projects } from './checks/projects.ts'
import { findings } from './doctor.ts'
import { readableBytes } from './units.ts'

let data: string
let place: Place
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-doctor-'))
  place = { data, listen: ['/x/engine.sock', 'http://127.0.0.1:7767'], lastChange: () => null, problems: () => [] }
})
afterEach(() => {
  rmSync(data, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

test('finds something about everything, leaves nothing behind, and says how to mend what is not well', async () => {
  writeFileSync(join(data, 'engine.lock'), '')
  const found = await findings(place)
  expect(found.map(({ id }) => id)).toEqual([
    'data-folder',
    'disk',
    'lock',
    'projects',
    'clock',
    'node',
    'memory',
    'docker',
    'listener',
    'open-files',
    'watches',
  ])
  for (const finding of found) {
    expect(Finding.parse(finding)).toEqual(finding)
    expect(finding.detail).toMatch(/\.$/)
    if (finding.status !== 'ok') expect(finding.fix).toMatch(/\.$/)
    expect(finding.detail).not.toContain('could not be found out')
  }
  expect(readdirSync(data)).toEqual(['engine.lock'])
})

test('names projects that cannot be used, and what to do', async () => {
  const problems = () => [{ text: 'The project a cannot be used now: it is damaged.', fix: 'Put back a backup.' }]
  const [found] = await examine([projects], { ...place, problems })
  expect(found).toMatchObject({ status: 'error', detail: problems()[0]?.text, fix: 'Put back a backup.' })
})

test('a check that fails or hangs is a finding, and holds up nothing', async () => {
  const broken: Check = { id: 'broken', title: 'Broken', check: () => Promise.reject(new Error('no such thing')) }
  const hanging: Check = { id: 'hanging', title: 'Hanging', check: () => new Promise(() => undefined) }
  const found = await examine([broken, hanging], place, 20)
  expect(found.map(({ id, status }) => [id, status])).toEqual([
    ['broken', 'warning'],
    ['hanging', 'warning'],
  ])
  expect(found[0]?.detail).toContain('no such thing')
})

test('a data folder that is not there cannot be written', async () => {
  expect(await dataFolder.check({ ...place, data: join(data, 'absent') })).toMatchObject({ status: 'error' })
})

test('a lock file that was deleted is an error', async () => {
  expect(await lock.check(place)).toMatchObject({ status: 'error', fix: expect.stringContaining('again') })
})

test('a clock that went back is noticed', async () => {
  const ahead = new Date(Date.now() + 3_600_000).toISOString()
  expect(await clock.check({ ...place, lastChange: () => ahead })).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining(ahead),
  })
  expect(await clock.check({ ...place, lastChange: () => new Date().toISOString() })).toMatchObject({ status: 'ok' })
})

test.each([
  ['20.18.1', 'ok'],
  ['22.0.0', 'ok'],
  ['20.17.9', 'error'],
  ['18.20.0', 'error'],
])('Node %s is %s', async (version, status) => expect(await judge(version, 'linux x64')).toMatchObject({ status }))

test('Docker that is not there is absent, with what to do', async () => {
  vi.stubEnv('DOCKER_HOST', `unix://${join(data, 'no-docker.sock')}`)
  expect(await docker.check(place)).toMatchObject({
    status: 'absent',
    fix: expect.stringContaining('systemctl start docker'),
  })
})

test('a port that can change is mentioned', async () => {
  expect(await listener.check({ ...place, listen: ['http://127.0.0.1:40000'] })).toMatchObject({
    detail: expect.stringContaining('can differ'),
  })
  expect(await listener.check({ ...place, listen: ['/x/engine.sock'] })).toMatchObject({ status: 'warning' })
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [20 * 1024 ** 3, '20 GiB'],
])('%i bytes are %s', (bytes, text) => expect(readableBytes(bytes)).toBe(text))

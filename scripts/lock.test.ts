import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completed, missingFromLock } from './lock.mjs'

const PARENT = {
  version: '1.0.0',
  dev: true,
  optionalDependencies: { '@a/b-linux-x64-musl': '1.2.3', 'c-linux-arm64': '1.2.3' },
}
const LOCKED = { version: '1.2.3', optional: true }

describe('package-lock.json', () => {
  it('holds every package for every platform; otherwise npm ci refuses it: run node scripts/lock.mjs', () => {
    const path = join(resolve(import.meta.dirname, '..'), 'package-lock.json')
    const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, object> }
    expect(missingFromLock(packages).map(({ name }) => name as string)).toEqual([])
  })

  it('is completed from what the parents say', () => {
    const packages = completed({ 'node_modules/parent': PARENT, 'node_modules/c-linux-arm64': LOCKED })
    expect(packages['node_modules/@a/b-linux-x64-musl']).toEqual({
      version: '1.2.3',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    })
    expect(missingFromLock(packages)).toEqual([])
  })

  it('refuses to guess a package whose name tells no platform', () => {
    const parent = { version: '1.0.0', optionalDependencies: { helper: '1.0.0' } }
    expect(() => completed({ 'node_modules/parent': parent })).toThrow('helper 1.0.0 must be locked by npm itself.')
  })
})

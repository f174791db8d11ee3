import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { satisfies } from 'semver'
import { describe, expect, it } from 'vitest'
import { completed, missingFromLock } from './lock.mjs'

const PARENT = {
  version: '1.0.0',
  dev: true,
  optionalDependencies: { '@a/b-linux-x64-musl': '1.2.3', 'c-linux-arm64': '1.2.3' },
}
const LOCKED = { version: '1.2.3', optional: true }

/** The oldest runtime that Weir supports: Electron 33 carries this Node. */
const FLOOR = '20.18.1'
/** Packages that ask for a newer Node, and why they may. */
const NEWER_NODE: Readonly<Record<string, string>> = {
  '@marcbachmann/cel-js': 'bundled, and the tests of expressions pass on the floor',
  '@napi-rs/wasm-runtime': 'only where a linter has no native binary',
  oxlint: 'only in npm run check, and runs on the floor',
  '@oxlint/binding-linux-arm64-gnu': 'part of oxlint',
  '@oxlint/binding-linux-x64-gnu': 'part of oxlint',
  '@tanstack/history': 'runs only in browsers, bundled',
  '@tanstack/react-router': 'runs only in browsers, bundled',
  '@tanstack/router-core': 'runs only in browsers, bundled',
  electron: 'brings a Node of its own; where its download does not work, scripts/electron.mjs takes another way',
  '@electron/get': 'part of the download of electron',
  '@electron-internal/extract-zip': 'part of the download of electron',
  '@electron/rebuild': 'part of electron-builder, which rebuilds nothing here',
  'node-abi': 'part of electron-builder, which rebuilds nothing here',
}

interface Locked {
  readonly engines?: { readonly node?: string }
}

const { packages } = JSON.parse(
  readFileSync(join(resolve(import.meta.dirname, '..'), 'package-lock.json'), 'utf8'),
) as {
  packages: Record<string, Locked>
}

describe('package-lock.json', () => {
  it('holds every package for every platform; otherwise npm ci refuses it: run node scripts/lock.mjs', () => {
    expect(missingFromLock(packages).map(({ name }) => name)).toEqual([])
  })

  it('holds only packages for the oldest Node that Weir supports, with named exceptions', () => {
    const newer = Object.entries(packages).filter(([, { engines }]) => !satisfies(FLOOR, engines?.node ?? '*'))
    const names = newer.map(([path]) => path.split('node_modules/').at(-1))
    expect(names.sort()).toEqual(Object.keys(NEWER_NODE).sort())
  })

  it('is completed from what the parents say', () => {
    const all = completed({ 'node_modules/parent': PARENT, 'node_modules/c-linux-arm64': LOCKED })
    expect(all['node_modules/@a/b-linux-x64-musl']).toEqual({
      version: '1.2.3',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    })
    expect(missingFromLock(all)).toEqual([])
  })

  it('refuses to guess a package whose name tells no platform', () => {
    const parent = { version: '1.0.0', optionalDependencies: { helper: '1.0.0' } }
    expect(() => completed({ 'node_modules/parent': parent })).toThrow('helper 1.0.0 must be locked by npm itself.')
  })
})

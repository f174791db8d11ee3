import { describe, expect, it } from 'vitest'
import { checkNode, missingPackages, Stop } from './bootstrap.mjs'
import { summarizeE2e } from './e2e-summary.mjs'
import { hasScreen } from './start.mjs'
import { refusedSkips } from './test.mjs'
import { summarize } from './test-summary.mjs'

const lock = (packages: Record<string, object>): string =>
  JSON.stringify({ packages: { '': { name: 'weir' }, ...packages } })

describe('missingPackages', () => {
  const wanted = lock({
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b-darwin': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  })

  it('names everything that must be there when nothing is installed', () => {
    expect(missingPackages(wanted, null)).toEqual(['node_modules/a'])
  })
  it('is content without optional packages for other platforms', () => {
    expect(missingPackages(wanted, lock({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } }))).toEqual([])
  })
  it('sees another version and another body of the same version', () => {
    expect(missingPackages(wanted, lock({ 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }))).toEqual([
      'node_modules/a',
    ])
    expect(missingPackages(wanted, lock({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }))).toEqual([
      'node_modules/a',
    ])
  })
})

describe('checkNode', () => {
  it('accepts the floor and newer', () => {
    for (const version of ['20.18.0', '20.18.1', '20.20.2', '22.0.0', '26.1.0'])
      expect(() => checkNode(version)).not.toThrow()
  })
  it('refuses older ones in words', () => {
    for (const version of ['20.17.9', '18.20.0']) expect(() => checkNode(version)).toThrow(Stop)
    expect(() => checkNode('18.20.0')).toThrow('Weir needs Node 20.18 or newer; this is 18.20.0.')
  })
})

describe('refusedSkips', () => {
  const skip = (reason: string) => ({ file: 'a.int.test.ts', test: 'a', reason })
  it('refuses every reason that is not on the list', () => {
    expect(refusedSkips([skip('no GPU'), skip('no reason given')], ['no GPU'])).toEqual([skip('no reason given')])
  })
})

describe('summarize', () => {
  const test = (state: string, note?: string) => ({ fullName: state, result: () => ({ state, note }) })
  const module = (tests: object[], errors: unknown[] = [], suiteErrors: unknown[] = []) => ({
    moduleId: '/x/a.test.ts',
    errors: () => errors,
    children: { allTests: () => tests, allSuites: () => [{ errors: () => suiteErrors }] },
  })

  it('counts what passed, failed and was skipped, with the reason', () => {
    const summary = summarize(
      [module([test('passed'), test('failed'), test('skipped', 'no Docker'), test('skipped')])],
      [],
    )
    expect(summary).toMatchObject({
      passed: 1,
      failed: 1,
      skipped: [{ reason: 'no Docker' }, { reason: 'no reason given' }],
    })
  })
  it('counts a file that does not load, a hook that throws and a stray rejection as failures', () => {
    expect(summarize([module([], [new Error('load')], [new Error('hook')])], [new Error('stray')]).failed).toBe(3)
  })
})

describe('summarizeE2e', () => {
  const test = (outcome: string, annotations: object[] = []) => ({
    file: 'a.spec.ts',
    title: outcome,
    outcome,
    annotations,
  })

  it('counts a test that passed only at another try as failed', () => {
    expect(summarizeE2e([test('expected'), test('flaky'), test('unexpected')], 0)).toMatchObject({
      passed: 1,
      failed: 2,
    })
  })
  it('keeps the reason of a skip, and counts what went wrong outside of tests', () => {
    const skipped = test('skipped', [{ type: 'skip', description: 'no dpkg' }])
    expect(summarizeE2e([skipped, test('skipped')], 1)).toEqual({
      passed: 0,
      failed: 1,
      skipped: [
        { file: 'a.spec.ts', test: 'skipped', reason: 'no dpkg' },
        { file: 'a.spec.ts', test: 'skipped', reason: 'no reason given' },
      ],
    })
  })
})

describe('hasScreen', () => {
  it('believes the environment on Linux, and the platform elsewhere', () => {
    expect(hasScreen('linux', {})).toBe(false)
    expect(hasScreen('linux', { DISPLAY: ':0' })).toBe(true)
    expect(hasScreen('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
    expect(hasScreen('darwin', {})).toBe(true)
  })
})

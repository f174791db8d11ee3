import { expect, test } from 'vitest'
import { TargetOptions } from '../../../src-shared/contract/targets.ts'
import { type Options, wireOptions } from './options.ts'

test.each<[Options, object]>([
  [{}, {}],
  [{ retries: 3 }, { retries: { limit: 3 } }],
  [
    { retries: { limit: 'unlimited', minDelay: '2s', maxDelay: 60_000, backoff: 'random', when: () => true } },
    { retries: { limit: null, minDelayMs: 2000, maxDelayMs: 60_000, backoff: 'random' } },
  ],
  [
    { timeout: '1.5m', delay: 250 },
    { timeoutMs: 90_000, delayMs: 250 },
  ],
  [
    { cache: true, memo: true, recurrent: true },
    { cache: {}, memo: {}, recurrent: {} },
  ],
  [{ cache: false, memo: false, recurrent: false }, {}],
  [
    { cache: { maxAge: '1d', namespace: 'n', version: '2', parameters: ['x'], code: false } },
    { cache: { maxAgeMs: 86_400_000, namespace: 'n', version: '2', parameters: ['x'], code: false } },
  ],
  [{ defer: '5s' }, { defer: { delayMs: 5000 } }],
  [{ defer: { delay: 10, parameters: ['a'] } }, { defer: { delayMs: 10, parameters: ['a'] } }],
  [{ concurrency: 2 }, { concurrency: { limit: 2 } }],
  [
    { recurrent: '1h', requires: ['gpu'], priority: -3 },
    { recurrent: { delayMs: 3_600_000 }, requires: ['gpu'], priority: -3 },
  ],
  [{ isolation: 'shared' }, { isolation: 'shared' }],
])('%j is said as the contract has it', (options, wire) => {
  expect(wireOptions(options)).toEqual(wire)
  expect(() => TargetOptions.parse(wire)).not.toThrow()
})

test.each<[Options, string]>([
  [{ retries: -1 }, 'retries: -1 is not from 0'],
  [{ retries: 1.5 }, 'no whole number'],
  [{ timeout: 'soon' as '1s' }, 'timeout: "soon" is no span of time'],
  [{ concurrency: 0 }, 'would let nothing run'],
  [{ concurrency: 1e30 }, 'concurrency: 1e+30 is not from 1'],
  [{ concurrency: { limit: 1, key: 'k'.repeat(201) } }, 'has 201 characters and may have 200'],
  [{ retries: 1e20 }, 'not from 0'],
  [{ cache: { namespace: 'n'.repeat(201) } }, 'cache.namespace'],
  [{ cache: { version: 'n'.repeat(101) } }, 'cache.version'],
  [{ memo: { parameters: ['p'.repeat(101)] } }, 'parameters'],
  [{ requires: ['a'.repeat(101)] }, 'requires'],
  [{ requires: Array.from({ length: 51 }, () => 'gpu') }, '51 names'],
  [{ requires: ['a b'] }, 'no tag'],
  [{ priority: 101 }, 'not from -100 to 100'],
  [{ delay: 1e300 }, 'no span of time'],
])('%j is refused where it is written', (options, message) => {
  expect(() => wireOptions(options)).toThrow(message)
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TargetPath } from '../../../src-shared/contract/targets.ts'
import { WorkerMessage } from '../../../src-shared/contract/worker-protocol.ts'
import { input, runWorkflow, secret, target } from './index.ts'
import { checkTarget, LIMITS, type Limit } from './limits.ts'
import { workflow } from './target.ts'
import { runTest } from './testing/index.ts'

interface Vectors {
  readonly limits: Readonly<Record<Limit, number>>
  readonly targets: { readonly accepted: string[]; readonly refused: string[] }
}
const file = new URL('../../vectors/limits.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors

const text = (length: number): string => 'a'.repeat(length)
const texts = (count: number): string[] => Array.from({ length: count }, () => 'a')
const calling = (call: object): object => ({ type: 'submit', id: 1, token: 't', calls: [call] })
const to = (options: object, more: object = {}): object => calling({ target: 'a/b', args: [], options, ...more })
const failing = (error: object): object => ({ type: 'error', token: 't', error: { type: 'E', message: '', ...error } })

/** A message that has something of that size. */
const SIZED: Readonly<Record<Limit, (size: number) => object>> = {
  target: (size) => calling({ target: `a/${text(size - 2)}`, args: [] }),
  tag: (size) => to({ requires: [text(size)] }),
  tags: (size) => to({ requires: texts(size) }),
  parameter: (size) => to({ memo: { parameters: [text(size)] } }),
  parameters: (size) => to({ cache: { parameters: texts(size) } }),
  cacheNamespace: (size) => to({ cache: { namespace: text(size) } }),
  cacheVersion: (size) => to({ cache: { version: text(size) } }),
  concurrencyKey: (size) => to({ concurrency: { limit: 1, key: text(size) } }),
  workflow: (size) => calling({ workflow: text(size), params: {} }),
  question: (size) => calling({ input: text(size), schema: {} }),
  questionKey: (size) => calling({ input: 'q', schema: {}, key: text(size) }),
  group: (size) => to({}, { group: text(size) }),
  secret: (size) => ({ type: 'secret', id: 1, token: 't', name: text(size) }),
  asset: (size) => ({ type: 'asset', token: 't', assets: [{ name: text(size), value: 1 }] }),
  metric: (size) => ({ type: 'metric', token: 't', values: [[1, text(size), 1, null]] }),
  progressText: (size) => ({ type: 'progress', token: 't', done: 1, total: null, text: text(size) }),
  errorType: (size) => failing({ type: text(size) }),
  errorMessage: (size) => failing({ message: text(size) }),
  errorStack: (size) => failing({ stack: text(size) }),
  priority: (size) => to({ priority: size }),
  whole: (size) => to({ retries: { limit: size }, timeoutMs: size, concurrency: { limit: size } }),
}

const names = Object.keys(SIZED) as Limit[]

test.each(names)('%s: what the contract takes, and no more', (name) => {
  const most = vectors.limits[name]
  const taken = WorkerMessage.safeParse(SIZED[name](most))
  expect(taken.error).toBeUndefined()
  expect(WorkerMessage.safeParse(SIZED[name](most + 1)).success).toBe(false)
})

test('the limits of this SDK are those of all', () => {
  expect(LIMITS).toEqual(vectors.limits)
})

test('paths of targets', () => {
  for (const path of vectors.targets.accepted) {
    expect(checkTarget(path)).toBe(path)
    expect(TargetPath.safeParse(path).success).toBe(true)
  }
  for (const path of vectors.targets.refused) {
    expect(() => target(path)).toThrow(TypeError)
    expect(TargetPath.safeParse(path).success).toBe(false)
  }
})

test.each([
  ['secret', () => secret(text(101))],
  ['input', () => input(text(10_001), {})],
  ['input: key', () => input('q', {}, { key: text(201) })],
  ['runWorkflow', () => runWorkflow(text(64)).result()],
])('%s is refused where it is called', async (place, act) => {
  const bad = workflow(async () => {
    try {
      await act()
    } catch (error) {
      return String(error)
    }
    return 'nothing was thrown'
  })
  const said = await runTest(bad, [])
  expect(JSON.stringify(said)).toMatch(new RegExp(`TypeError: ${place}.*may have`))
})

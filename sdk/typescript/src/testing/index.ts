import type { Target } from '../target.ts'
import { isTarget } from '../target.ts'
import type { Settled } from '../values/settled.ts'
import { setDefaultStore } from '../values/store.ts'
import { TestEngine } from './engine.ts'
import type { TestOptions, TestRecord } from './options.ts'
import type { TestStep } from './step.ts'

export type { TestLog, TestOptions, TestRecord } from './options.ts'
export type { StepStatus, TestStep } from './step.ts'

/** What a test run came to. */
export interface TestRun<R> extends TestRecord {
  /** With results in place of handles */
  readonly result: Settled<R>
  /** The workflow itself first, then its calls in order */
  readonly steps: readonly TestStep[]
}

/**
 * Runs a workflow or a task in this process, without an engine: calls are steps, values travel as they would, `memo`
 * answers, failed attempts are repeated at once, pauses cost nothing, assets and blobs are kept in a temporary folder.
 * Not there: cache, timeouts, concurrency, priorities, other processes.
 *
 * @param args of the function
 * @throws what the function throws
 * @example const { result, steps } = await runTest(digits, [3], { inputs: [{ ok: true }] })
 */
export async function runTest<P extends unknown[], R>(
  target: Target<P, R>,
  args: P,
  options: TestOptions = {},
): Promise<TestRun<R>> {
  if (!isTarget(target)) throw new TypeError('runTest needs what task(…) or workflow(…) made.')
  const engine = new TestEngine(options)
  setDefaultStore(engine.blobs)
  const result = (await engine.run(target, args)) as Settled<R>
  return { result, steps: engine.steps, ...engine.record }
}

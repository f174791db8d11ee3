import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Blobs, openBlobStore } from '../assets/index.ts'
import type { Job } from './executor.ts'

/** For tests: a data folder of its own, removed at the end. */
export interface TestData extends Disposable {
  readonly root: string
  readonly blobs: Blobs
}

export function testData(): TestData {
  const root = mkdtempSync(join(tmpdir(), 'weir-executors-'))
  return {
    root,
    blobs: openBlobStore(join(root, 'blobs')),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** For tests: a job that does nothing, with what the test changes. Its token names its folder. */
export function testJob(
  root: string,
  token: string,
  over: Partial<Job> = {},
  inputs: Job['context']['inputs'] = {},
): Job {
  const run = { id: 'abcd2345', workflow: 'sample', workspace: 'main' }
  return {
    token,
    project: 'default',
    run: run.id,
    workflow: run.workflow,
    workspace: run.workspace,
    step: 'work',
    index: null,
    attempt: 1,
    folder: join(root, 'runs', token),
    command: ':',
    image: null,
    env: {},
    workdir: null,
    files: [],
    context: { params: {}, steps: {}, run, inputs },
    outputs: {},
    resources: { cpus: 1, memoryBytes: 0, gpus: 0 },
    ...over,
  }
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepCommand, readCommand } from './command-file.ts'
import { executionFolder } from './folder.ts'
import { renderJob } from './prepare.ts'
import { type TestData, testData, testJob } from './test-job.ts'

let data: TestData
beforeEach(() => {
  data = testData()
})
afterEach(() => data[Symbol.dispose]())

const ROOT = '/work'
const SECRET = "it's a $ecret"

function kept(over: Parameters<typeof testJob>[2], params: Record<string, string | number> = {}) {
  const base = testJob(data.root, 't', over, { years: 4 })
  const job = { ...base, context: { ...base.context, params } }
  mkdirSync(job.folder, { recursive: true })
  keepCommand(job, renderJob(job, ROOT), ROOT)
  return job.folder
}

describe('the command that is kept', () => {
  it('has its expressions filled in, and of the environment what the step sets', async () => {
    const folder = kept(
      { command: 'fit --years ${{ inputs.years }}', env: { RATE: '${{ params.rate }}' }, workdir: 'scripts' },
      { rate: 3 },
    )
    expect(await readCommand(folder)).toEqual({
      argv: ['/bin/sh', '-e', '-c', "fit --years '4'"],
      env: { RATE: '3' },
      folder: 'scripts',
      image: null,
    })
  })

  it('holds no secret, however it is quoted', async () => {
    const folder = kept(
      {
        command: 'login ${{ params.key }} ${{ params.key + "!" }}',
        env: { KEY: '${{ params.key }}' },
        secrets: [SECRET],
      },
      { key: SECRET },
    )
    const text = readFileSync(executionFolder(folder).command, 'utf8')
    expect(text).not.toContain('ecret')
    expect((await readCommand(folder))?.env).toEqual({ KEY: '***' })
  })

  it('is none where nothing was kept, or only a part', async () => {
    expect(await readCommand(data.root)).toBeNull()
    writeFileSync(executionFolder(data.root).command, '{"argv": [')
    expect(await readCommand(data.root)).toBeNull()
  })
})

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AssetFile, Json } from '../../../src-shared/contract/index.ts'
import { executionFolder } from './folder.ts'
import { prepareFolder, renderJob } from './prepare.ts'
import { type TestData, testData, testJob } from './test-job.ts'

let data: TestData
beforeEach(() => {
  data = testData()
})
afterEach(() => data[Symbol.dispose]())

const file = async (path: string, body: string): Promise<AssetFile> => ({
  path,
  ...(await data.blobs.put(Buffer.from(body))),
})
const asset = (name: string, ...files: AssetFile[]): Json => ({
  kind: 'asset',
  name,
  files: files as unknown as Json[],
})

async function inputs(): Promise<Record<string, Json>> {
  const one = await file('one.csv', '1')
  return {
    single: asset('a', one),
    several: asset('b', one, await file('sub/two.csv', '2')),
    list: [asset('c', one), null, asset('d', one)],
    lone: one as unknown as Json,
    empty: asset('e'),
    number: 7,
    text: "it's",
    object: { deep: asset('f', one), flag: true },
  }
}

describe('prepareFolder', () => {
  it('puts the workflow files and inputs in place, and says where they are', async () => {
    const own = { ...(await file('scripts/run.sh', 'echo')), executable: true }
    const job = testJob(data.root, 't', { files: [own] }, await inputs())
    await prepareFolder(job, data.blobs)
    const { work, root } = executionFolder(job.folder)
    expect(JSON.parse(readFileSync(join(work, 'inputs.json'), 'utf8'))).toEqual({
      single: 'inputs/single/one.csv',
      several: 'inputs/several',
      list: ['inputs/list/0/one.csv', null, 'inputs/list/2/one.csv'],
      lone: 'inputs/lone/one.csv',
      empty: 'inputs/empty',
      number: 7,
      text: "it's",
      object: { deep: 'inputs/object/deep/one.csv', flag: true },
    })
    expect(readFileSync(join(work, 'inputs/several/sub/two.csv'), 'utf8')).toBe('2')
    expect(readdirSync(join(work, 'inputs/empty'))).toEqual([])
    expect(statSync(join(work, 'scripts/run.sh')).mode & 0o111).not.toBe(0)
    expect(statSync(root).mode & 0o077).toBe(0)
  })

  it('writes no secrets into job.json', async () => {
    const context = { params: { key: 'hunter22' } }
    const base = testJob(
      data.root,
      't',
      { env: { KEY: '${{ params.key }}' }, secrets: ['hunter22'] },
      { k: 'hunter22' },
    )
    const job = { ...base, context: { ...base.context, ...context } }
    await prepareFolder(job, data.blobs)
    const text = readFileSync(executionFolder(job.folder).job, 'utf8')
    expect(text).not.toContain('hunter22')
    expect(JSON.parse(text)).toMatchObject({ token: 't', env: { KEY: '${{ params.key }}' } })
  })

  it('wipes what a crash left, but nothing of a job that was claimed', async () => {
    const job = testJob(data.root, 't')
    const { work, claim } = executionFolder(job.folder)
    mkdirSync(join(work, 'half'), { recursive: true })
    await prepareFolder(job, data.blobs)
    expect(readdirSync(work)).toEqual(['inputs.json'])
    writeFileSync(claim, '')
    writeFileSync(join(work, 'result'), '')
    await prepareFolder(job, data.blobs)
    expect(existsSync(join(work, 'result'))).toBe(true)
  })

  it.each(['../evil', '/etc/evil', 'a/../../evil', ''])('refuses the path %j', async (path) => {
    const evil = { ...(await file('x', 'x')), path }
    await expect(prepareFolder(testJob(data.root, 't', { files: [evil] }), data.blobs)).rejects.toThrow('cannot be put')
    const job = testJob(data.root, 'u', {}, { a: asset('a', evil) })
    await expect(prepareFolder(job, data.blobs)).rejects.toThrow('cannot be put')
  })

  it('refuses two files at one place', async () => {
    const a = await file('inputs/in/one.csv', 'x')
    const job = testJob(data.root, 't', { files: [a] }, { in: asset('a', await file('one.csv', '1')) })
    await expect(prepareFolder(job, data.blobs)).rejects.toThrow('inputs/in/one.csv')
  })
})

describe('renderJob', () => {
  it('gives expressions the paths of assets as the command sees them', async () => {
    const command = [
      'cat',
      '${{ inputs.single }}',
      '${{ inputs.several }}',
      '${{ inputs.list[2] }}',
      '${{ inputs.text }}',
    ]
    const job = testJob(data.root, 't', { command, workdir: 'sub', index: 3 }, await inputs())
    const { argv, cwd, env } = renderJob(job, '/weir/work')
    const at = '/weir/work/inputs'
    expect(argv).toEqual(['cat', `${at}/single/one.csv`, `${at}/several`, `${at}/list/2/one.csv`, "it's"])
    expect(cwd).toBe('/weir/work/sub')
    expect(env).toMatchObject({
      WEIR_RUN_ID: 'abcd2345',
      WEIR_INDEX: '3',
      WEIR_INPUTS: '/weir/work/inputs.json',
      WEIR_INPUT_SINGLE: `${at}/single/one.csv`,
      WEIR_INPUT_NUMBER: '7',
      WEIR_INPUT_TEXT: "it's",
    })
    expect(JSON.parse(env.WEIR_INPUT_LIST ?? '')).toEqual([`${at}/list/0/one.csv`, null, `${at}/list/2/one.csv`])
  })

  it('runs text in a shell that stops at the first error, values quoted, and lets env win over inputs', () => {
    const over = { command: 'echo ${{ inputs.name }}', env: { WEIR_STEP: 'mine', N: '${{ inputs.name }}' } }
    const { argv, env } = renderJob(testJob(data.root, 't', over, { name: "a'b; rm x" }), '/w')
    expect(argv.slice(0, 3)).toEqual(['/bin/sh', '-e', '-c'])
    expect(argv[3]).toBe(`echo 'a'\\''b; rm x'`)
    expect(env).toMatchObject({ WEIR_STEP: 'mine', N: "a'b; rm x" })
  })

  it('refuses a folder outside and an empty command', () => {
    expect(() => renderJob(testJob(data.root, 't', { workdir: '../..' }), '/w')).toThrow('cannot start in "../.."')
    expect(() => renderJob(testJob(data.root, 't', { command: ['${{ inputs.p }}'] }, { p: '' }), '/w')).toThrow('empty')
  })
})

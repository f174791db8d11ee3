import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { type Json, type ProblemError, type Run, routes } from '../../../src-shared/contract/index.ts'
import { refusal } from '../../faults/runs.ts'
import { commandLine, until } from '../../faults/weir.ts'
import type { Lab } from '../lab.ts'
import { behaviour } from './case.ts'

const VECTORS = resolve(import.meta.dirname, '../../../sdk/vectors/values.json')
const LINES = 100_000
const MANY_FILES = 24
const SECRET = 'hush-hush-4711'

/** Values of every kind as they travel. References and files are others' cases: they need a run, or a body. */
export function vectors(): Json[] {
  const { values } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { values: { name: string; encoded: Json }[] }
  return values.filter(({ name }) => !LEFT_OUT.test(name)).map(({ encoded }) => encoded)
}

/** The last one has a key `__proto__`, which the API refuses in a body. */
const LEFT_OUT = /reference|^blob|^asset|odd keys/
const ODD_KEYS = '{"":1,"__dirname":2,"größe 📏":3,"constructor":{"a":null},"__proto__":{"x":[1]}}'

/** Values, files, what is said while it runs, questions and secrets. */
export const things = [
  behaviour('values of every kind go through code and come back as they were', async (lab) => {
    expect(await lab.result('passes', { value: vectors() })).toEqual(vectors())
  }),

  behaviour('keys of records may be of any text', async (lab) => {
    expect(JSON.stringify(await lab.result('parses', { text: ODD_KEYS }))).toBe(ODD_KEYS)
  }),

  behaviour('objects of a class arrive as objects of it', async (lab) => {
    const at = { $weir: 'date', value: '2026-11-21' }
    const value = { name: 'first!', at, parts: [1.25, 0.5] }
    expect(await lab.result('scores')).toEqual({ $weir: 'object', type: 'things.Score', value })
  }),

  behaviour('large values travel as blobs', async (lab) => {
    const run = await lab.start('large')
    expect(await lab.value(run)).toEqual([200_000, 20_000_000, 7])
  }),

  behaviour('a value that is too large is refused with words', async (lab) => {
    const { result } = await lab.ended(await lab.start('too_large'))
    expect(result?.error?.message).toMatch(/64 MiB/)
  }),

  behaviour('what cannot travel is refused with its place', async (lab) => {
    const { result } = await lab.ended(await lab.start('odd'))
    expect(result?.error?.message).toMatch(/scores.*1.*deep/)
  }),

  behaviour('files are kept as an asset, and restored', async (lab) => {
    const run = await lab.start('files', { text: 'Grüße' })
    const [made, text] = array(await lab.value(run))
    expect(text).toBe('Grüße')
    expect(made).toMatchObject({ kind: 'asset', files: [{ path: 'out/größe.txt' }, { path: 'plain.txt' }] })
    const { items } = await lab.engine.client.call(routes.assets.list, { ...lab.inProject, query: { run } })
    expect(items.some(({ step, files }) => step === 'writes[0]' && files.length === 2)).toBe(true)
  }),

  behaviour(
    'files that are kept at the very end are there, and calls with files are numbered as they were made',
    async (lab) => {
      const run = await lab.start('many_files', { n: MANY_FILES })
      const numbers = Array.from({ length: MANY_FILES }, (_, n) => n)
      expect(await lab.value(run)).toEqual(numbers.map((n) => [`numbered[${n}]`, n, String(n)]))
      const { items } = await lab.engine.client.call(routes.assets.list, {
        ...lab.inProject,
        query: { run, limit: 500 },
      })
      const names = new Set(items.filter(({ step }) => step.startsWith('leaves')).map(({ name }) => name))
      expect(numbers.filter((n) => !names.has(`part-${n}`))).toEqual([])
    },
  ),

  behaviour('a folder, or several files, are given as one asset', async (lab) => {
    const folder = await mkdtemp(join(tmpdir(), 'weir-given-'))
    await mkdir(join(folder, 'sub'))
    await writeFile(join(folder, 'a.txt'), 'first')
    await writeFile(join(folder, 'sub', 'b.txt'), 'second')
    const weir = await commandLine(lab.engine.data)
    const listed = async (...paths: string[]): Promise<Json> => {
      const given = paths.flatMap((path) => ['-p', `given=${path}`])
      const all = ['--project', lab.project, 'run', 'start', 'listing', ...given, '--wait', '-q', '-o', 'json']
      const { code, out, err } = await weir(...all)
      if (code !== 0) throw new Error(`weir ended with ${code}: ${err}`)
      return (JSON.parse(out) as Run).result?.outputs?.['result'] ?? null
    }
    expect(await listed(folder)).toEqual([
      ['a.txt', 'first'],
      ['sub/b.txt', 'second'],
    ])
    expect(await listed(join(folder, 'a.txt'), join(folder, 'sub'))).toEqual([
      ['a.txt', 'first'],
      ['sub/b.txt', 'second'],
    ])
    expect(await listed(join(folder, 'a.txt'))).toEqual([['a.txt', 'first']])
    await rm(folder, { recursive: true })
  }),

  behaviour('a blob is an argument and a result', async (lab) => {
    const [body, size] = array(await lab.result('blobs'))
    expect(body).toMatchObject({ $weir: 'blob', size: 100_000, mediaType: 'image/x-zero' })
    expect(size).toBe(100_000)
  }),

  behaviour('lines, metrics and progress are there', async (lab) => {
    const run = await lab.start('says')
    await lab.value(run)
    const lines = await lab.logs(run, { step: 'talks[0]' })
    expect(lines).toContainEqual(expect.objectContaining({ stream: 'stdout', text: 'plainly' }))
    const fields = { fold: 3, name: 'größe' }
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warning', text: 'fold done', fields }))
    const params = { project: lab.project, run, step: 'talks[0]' }
    const { series } = await lab.engine.client.call(routes.runs.metrics, { params, query: {} })
    expect(series).toMatchObject([{ name: 'loss', count: 3, min: 1 / 3, max: 1 }])
    expect(series[0]?.points.map(([, , x]) => x)).toEqual([0, 1, 2])
  }),

  behaviour('no line of very many is lost', async (lab) => {
    const run = await lab.start('floods', { lines: LINES })
    expect(await lab.value(run)).toBe(LINES)
    const texts = (await lab.logs(run)).filter(({ stream }) => stream === 'stdout').map(({ text }) => text)
    expect(texts).toHaveLength(LINES)
    expect(texts.findIndex((text, i) => text !== `line ${i}`)).toBe(-1)
  }),

  behaviour('a question is asked once, and wrong answers are refused', async (lab) => {
    const name = lab.name()
    const run = await lab.start('asks', { name })
    const question = await until('the question', async () => {
      const query = { run }
      return (await lab.engine.client.call(routes.runs.questions, { ...lab.inProject, query })).items[0]
    })
    expect(question).toMatchObject({ message: 'Release it?', step: 'input[0]' })
    expect(Object.keys(question.form)).toEqual(['ok', 'why'])
    const wrong = await answer(lab, run, { ok: true, why: 'x' })
    expect(wrong?.code).toBe('params_invalid')
    expect(await answer(lab, run, { ok: true, why: 'it is good' })).toBeNull()
    const given = { ok: true, why: 'it is good' }
    expect(await lab.value(run)).toEqual([given, given])
  }),

  behaviour('a question that is refused fails its step', async (lab) => {
    const run = await lab.start('asks', { name: lab.name() })
    await lab.reaches(run, 'input[0]', 'waiting')
    await lab.engine.client.call(routes.runs.approve, {
      params: { project: lab.project, run, step: 'input[0]' },
      body: { approved: false, comment: 'not on a Friday' },
    })
    const { status, result } = await lab.ended(run)
    expect(status).toBe('failed')
    expect(result?.error?.message).toContain('not on a Friday')
  }),

  behaviour('a secret is read by its name, and never seen', async (lab) => {
    const run = await drawn(lab, 'spills')
    const { status, result } = await lab.ended(run)
    expect([status, result?.outputs]).toEqual(['succeeded', { found: { length: SECRET.length } }])
    const said = JSON.stringify(await lab.logs(run))
    expect(said).toContain('it is')
    expect(said).not.toContain(SECRET)
  }),

  behaviour('a secret in an error is not seen either', async (lab) => {
    const run = await lab.ended(await drawn(lab, 'spills_badly'))
    expect(run.status).toBe('failed')
    expect(run.result?.error?.message).toContain('it is')
    expect(JSON.stringify([run, await lab.logs(run.id)])).not.toContain(SECRET)
  }),

  behaviour('a secret that is not there is refused with words', async (lab) => {
    expect(await lab.result('no_secret')).toMatch(/no secret named nothing.*give the workflow a parameter/i)
  }),

  behaviour('what the engine would not take is refused at the call, with words', async (lab) => {
    const said = array(await lab.result('beyond'))
    expect(said).toHaveLength(5)
    const words = [/concurrency.* from 1 to 9007199254740991/, /requires/, /names no target/, /secret/, /key/]
    for (const [at, place] of words.entries()) expect(said[at]).toMatch(place)
  }),

  behaviour('a request that the engine does not understand fails its run, and no other of its worker', async (lab) => {
    const before = await lab.connected()
    const { status, result } = await lab.ended(await lab.start('misspeaks'))
    expect(status).toBe('failed')
    expect(result?.error?.message).toMatch(/"submit" is malformed at calls\.0\./)
    expect(await lab.result('passes', { value: 7 })).toBe(7)
    expect((await lab.connected()).map(({ name }) => name)).toEqual(before.map(({ name }) => name))
  }),
]

const array = (value: Json): Json[] => (Array.isArray(value) ? value : [])

/** Answers the question of a run; answers the problem when that is refused. */
async function answer(lab: Lab, run: string, answers: Record<string, Json>): Promise<ProblemError | null> {
  const params = { project: lab.project, run, step: 'input[0]' }
  const call = lab.engine.client.call(routes.runs.approve, { params, body: { approved: true, answers } })
  return answers['why'] === 'x' ? refusal(call) : call.then(() => null)
}

/** A drawn workflow that has a secret and calls a task. */
async function drawn(lab: Lab, target: string): Promise<string> {
  const source = `name: drawn-${target.replace('_', '-')}
params:
  token: { type: secret, required: true }
steps:
  use:
    target: things/${target}
outputs:
  found: \${{ steps.use.outputs.result }}
`
  const { name } = await lab.engine.client.call(routes.workflows.apply, { ...lab.inProject, body: { source } })
  return lab.start(name, { token: SECRET })
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  type Asset,
  asset,
  type Blob,
  blob,
  codec,
  context,
  EngineRefusal,
  gather,
  input,
  log,
  metric,
  PlainDate,
  progress,
  secret,
  target,
  task,
  workflow,
} from 'weir-sdk'
import { mark } from './marks.ts'

/** Values, files, what is said while it runs, questions and secrets. */
export class Score {
  readonly name: string
  readonly at: PlainDate
  readonly parts: number[]

  constructor(name: string, at: PlainDate, parts: number[]) {
    this.name = name
    this.at = at
    this.parts = parts
  }
}
codec(Score, {
  name: 'things.Score',
  encode: ({ name, at, parts }) => ({ name, at, parts }),
  decode: ({ name, at, parts }) => new Score(name, at, parts),
})

export const echo = task((value: unknown) => value)
export const passes = workflow((value: unknown) => echo(value))

export const parses = workflow((text: string) => echo(JSON.parse(text)))

export const improves = task((score: Score) => new Score(`${score.name}!`, score.at, [...score.parts, 0.5]))
export const scores = workflow(() => improves(new Score('first', new PlainDate('2026-11-21'), [1.25])))

export const measures = task((numbers: number[], data: Uint8Array) => [numbers.length, data.length, data.at(-1)])
export const large = workflow(() =>
  measures(
    Array.from({ length: 200_000 }, (_, i) => i),
    new Uint8Array(20_000_000).fill(7),
  ),
)

export const makes_large = task(() => 'x'.repeat(65 * 1024 * 1024))
export const too_large = workflow(async () => {
  await makes_large()
})

export const makes_odd = task((): unknown => ({ scores: [1, { deep: () => 1 }] }))
export const odd = workflow(async () => {
  await makes_odd()
})

export const writes = task(async (text: string) => {
  mkdirSync('out')
  writeFileSync('out/größe.txt', text)
  writeFileSync('plain.txt', 'plain')
  return asset('out', 'plain.txt', { name: 'files' })
})
export const reads = task(async (files: Asset) => {
  await files.restore('back')
  return readFileSync('back/out/größe.txt', 'utf8')
})
export const files = workflow(async (text: string) => {
  const made = await writes(text)
  return [made, await reads(made)]
})

export const leaves = task(async (n: number) => {
  writeFileSync('part.txt', String(n))
  return asset('part.txt', { name: `part-${n}` })
})
export const numbered = task(async (n: number, part: Asset) => [context().step, n, await part.file('part.txt').text()])
export const many_files = workflow(async (n: number) => {
  const parts = await gather(Array.from({ length: n }, (_, x) => leaves.submit(x)))
  return gather(parts.map((part, x) => numbered.submit(x, part)))
})

export const listing = workflow(async (given: Asset) => {
  const listed: [string, string][] = []
  for (const { path } of given.files) listed.push([path, await given.file(path).text()])
  return listed
})

export const blob_size = task(async (body: Blob) => (await body.bytes()).length)
export const blobs = workflow(async () => {
  const body = await blob(new Uint8Array(100_000), { mediaType: 'image/x-zero' })
  return [body, await blob_size(body)]
})

export const talks = task(() => {
  console.log('plainly')
  log.warning('fold done', { fold: 3, name: 'größe' })
  for (const epoch of [0, 1, 2]) metric('loss', 1 / (epoch + 1), epoch)
  progress(1, 4, 'a quarter')
})
export const says = workflow(async () => {
  await talks()
})
export const floods = workflow((lines: number) => {
  for (let i = 0; i < lines; i++) console.log(`line ${i}`)
  return lines
})

interface Release {
  ok: boolean
  why: string
}
export const asks = workflow(async (name: string) => {
  mark(name)
  const schema = {
    type: 'object',
    properties: { ok: { type: 'boolean' }, why: { type: 'string', minLength: 3 } },
    required: ['ok', 'why'],
  }
  const first = await input<Release>('Release it?', schema, { key: 'release' })
  const again = await input<Release>('Release it, once more?', schema, { key: 'release' })
  return [first, again]
})

export const spills = task(async () => {
  const token = await secret('token')
  console.log('it is', token)
  log.info('in a field', { token })
  return { length: token.length }
})
export const spills_badly = task(async () => {
  throw new Error(`it is ${await secret('token')}`)
})
export const no_secret = workflow(async () => {
  try {
    return await secret('nothing')
  } catch (error) {
    if (error instanceof EngineRefusal) return error.message
    throw error
  }
})

export const beyond = workflow(async () => {
  const calls = [
    () => echo.with({ concurrency: 1e30 })(1),
    () => echo.with({ requires: ['a'.repeat(101)] })(1),
    () => target('a b/c')(),
    () => secret('s'.repeat(101)),
    () => input('sure?', {}, { key: 'k'.repeat(201) }),
  ]
  const said: string[] = []
  for (const call of calls) {
    try {
      await call()
    } catch (error) {
      said.push(String(error))
    }
  }
  return said
})
/** Past all checks of the SDK: as a fault of the SDK would. */
export const misspeaks = workflow(() => input('sure?', ['no', 'schema'] as never))

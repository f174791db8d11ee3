import { type Asset, isAsset, type RunStep } from '../contract/index.ts'

/** Assets that the last good attempt at a step has left, after those that code recorded under names in any attempt. */
export function assetsOfStep(run: string, step: RunStep): Asset[] {
  const recorded = step.executions.flatMap(({ attempt, assets }) => assetsIn(run, step.key, attempt, assets ?? {}))
  const made = step.executions.findLast(({ status }) => status === 'succeeded' || status === 'cached')
  if (made === undefined) return recorded
  const known = new Set(recorded.map(({ id }) => id))
  const left = assetsIn(run, step.key, made.attempt, step.outputs ?? {})
  return [...recorded, ...left.filter(({ id }) => !known.has(id))]
}

function assetsIn(run: string, step: string, attempt: number, values: Readonly<Record<string, unknown>>): Asset[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (!isAsset(value)) return []
    const { files } = value
    const size = files.reduce((sum, file) => sum + file.size, 0)
    const id = `${run}:${step}:${attempt}:${name}`
    return [{ kind: 'asset', files, name, id, run, step, attempt, size }]
  })
}

export { assetsWithin } from './within.ts'

import { type Asset, type AssetValue, isAsset, type RunStep } from '../contract/index.ts'

/** Assets that the last good attempt at a step has left. */
export function assetsOfStep(run: string, step: RunStep): Asset[] {
  const made = step.executions.findLast(({ status }) => status === 'succeeded' || status === 'cached')
  if (made === undefined) return []
  return Object.entries(step.outputs ?? {}).flatMap(([name, value]) => {
    if (!isAsset(value)) return []
    const { files }: AssetValue = value
    const size = files.reduce((sum, file) => sum + file.size, 0)
    const id = `${run}:${step.key}:${made.attempt}:${name}`
    return [{ kind: 'asset', files, name, id, run, step: step.key, attempt: made.attempt, size }]
  })
}

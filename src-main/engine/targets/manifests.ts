import type { Json, Manifest, Target } from '../../../src-shared/contract/index.ts'
import { digestOf } from '../workflows/index.ts'

/** What a manifest says, without the places in the files: a function that moved down by a line is the same. */
const meaning = ({ targets, ...rest }: Manifest): Json =>
  ({ ...rest, targets: targets.map(withoutPlace).toSorted((a, b) => (a.name < b.name ? -1 : 1)) }) as Json

function withoutPlace({ source: _source, ...target }: Target): Omit<Target, 'source'> {
  return target
}

/** SHA-256: equal when two manifests mean the same. */
export const manifestDigest = (manifest: Manifest): string => digestOf(meaning(manifest))

/** Targets that a message names. */
const SHOWN = 5

/** What is different in another manifest of the same module, in words. */
export function differences(before: Manifest, now: Manifest): string {
  const known = new Map(before.targets.map((target) => [target.name, target]))
  const words = now.targets.flatMap((target) => {
    const old = known.get(target.name)
    known.delete(target.name)
    if (old === undefined) return [`${target.name} is new`]
    if (digestOf(withoutPlace(old) as Json) === digestOf(withoutPlace(target) as Json)) return []
    return [`${target.name}: its ${changeOf(old, target)} changed`]
  })
  words.push(...[...known.keys()].map((name) => `${name} is gone`))
  if (words.length === 0) return 'its description or language changed'
  const more = words.length > SHOWN ? `, and ${words.length - SHOWN} more` : ''
  return `${words.slice(0, SHOWN).join(', ')}${more}`
}

function changeOf(before: Target, now: Target): string {
  const fields = [
    ['code', before.code, now.code],
    ['parameters', before.parameters, now.parameters],
    ['options', before.options, now.options],
  ] as const
  const changed = fields.filter(([, a, b]) => digestOf(a as Json) !== digestOf(b as Json)).map(([name]) => name)
  return changed.length === 0 ? 'description' : changed.join(' and ')
}

import type { Json } from '../../src-shared/contract/index.ts'
import { parseYaml, placeOf } from '../../src-shared/definition/index.ts'

/** What the text of a definition says, in values that can cross from a worker. */
export interface Reading {
  /** The text that was read */
  readonly source: string
  /** Undefined when it cannot be read */
  readonly value: Json | undefined
  readonly faults: readonly TextFault[]
  /** Where each step stands */
  readonly steps: readonly StepPlace[]
}

/** Why the text cannot be read, at a place. */
export interface TextFault {
  readonly code: string
  readonly message: string
  readonly fix: string
  readonly severity: 'error' | 'warning'
  readonly offset: number
  readonly line: number
  readonly column: number
}

export interface StepPlace {
  readonly name: string
  /** Offsets of its first character (of its name) and behind its last one */
  readonly from: number
  readonly to: number
  readonly line: number
}

/** Reads a text. Takes about a second for 2 MB: large texts are read in a worker. */
export function readDefinition(source: string): Reading {
  const yaml = parseYaml(source)
  const faults = yaml.faults.map((fault) => ({ ...fault, ...placeOf(yaml, fault.offset) }))
  return { source, value: yaml.value, faults, steps: stepPlaces(yaml) }
}

interface Pair {
  readonly key: { readonly value?: unknown; readonly range?: readonly number[] | null } | null
  readonly value: { readonly items?: readonly Pair[]; readonly range?: readonly number[] | null } | null
}

function stepPlaces(yaml: ReturnType<typeof parseYaml>): StepPlace[] {
  const root = yaml.document?.contents as Pair['value'] | undefined
  const steps = root?.items?.find((pair) => pair.key?.value === 'steps')?.value?.items ?? []
  return steps.flatMap(({ key, value }) => {
    const from = key?.range?.[0]
    if (from === undefined || typeof key?.value !== 'string') return []
    const to = value?.range?.[1] ?? key.range?.[1] ?? from
    return [{ name: key.value, from, to: trimmed(yaml.text, from, to), line: placeOf(yaml, from).line }]
  })
}

/** A block ends behind blank lines and comments that belong to what follows. */
function trimmed(text: string, from: number, to: number): number {
  return from + text.slice(from, to).trimEnd().length
}

/** The step that stands at an offset of the text. */
export const stepAt = (steps: readonly StepPlace[], offset: number): string | null =>
  steps.find((step) => step.from <= offset && offset <= step.to)?.name ?? null

/** What a text of which nothing is known yet says. */
export const UNREAD: Reading = { source: '', value: undefined, faults: [], steps: [] }

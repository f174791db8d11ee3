import type { Json } from '../../src-shared/contract/index.ts'

type JsonMap = { readonly [key: string]: Json }

export const mapOf = (value: Json | undefined): JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

/** The steps of a definition by name, as far as it can be read. */
export const stepsOf = (definition: Json | undefined): JsonMap => mapOf(mapOf(definition)['steps'])

const LONGEST = 63

/** A name that a step can have, from any text. */
export function identifierOf(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^[^A-Za-z]+/, '')
    .replace(/_+$/, '')
  return name === '' ? 'step' : name.slice(0, LONGEST)
}

/** The name itself, or with the first number that makes it a new one: fit, fit2, fit3. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  const stem = wanted.replace(/\d+$/, '') || wanted
  for (let number = 2; ; number++) {
    const ending = String(number)
    const name = stem.slice(0, LONGEST - ending.length) + ending
    if (!taken.has(name)) return name
  }
}

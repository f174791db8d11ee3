import type { z } from 'zod'

/*
 * What fields are called and what they mean, from the contract's own schemas: the inspector, the YAML pane, the
 * reference and the engine's sentences cannot say different things.
 */

/** A schema without the wrappers of `optional` and `default`. */
export function bareSchema(schema: z.ZodType): z.ZodType {
  let at = schema
  for (;;) {
    const inner = (at as { readonly def?: { readonly innerType?: z.ZodType } }).def?.innerType
    if (inner === undefined) return at
    at = inner
  }
}

/** What a field means: said at the field, or at what it holds. */
export function helpOf(schema: z.ZodType): string {
  const help = schema.description ?? bareSchema(schema).description ?? ''
  return help === '' || /[.!?]$/.test(help) ? help : `${help}.`
}

/** `forEach` → `For each`, `maxParallel` → `Max parallel`: the name in the file, as words. */
export function labelOf(key: string): string {
  const words = key.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The schema of a field of an object's schema. */
export function fieldOf(schema: z.ZodType, key: string): z.ZodType | undefined {
  const bare = bareSchema(schema) as { readonly shape?: Readonly<Record<string, z.ZodType>> }
  return bare.shape?.[key]
}

/** Names of the fields of an object's schema, in the order in which they are declared. */
export const fieldsOf = (schema: z.ZodType): readonly string[] =>
  Object.keys((bareSchema(schema) as { readonly shape?: object }).shape ?? {})

/**
 * What is wrong with a value, in the schema's own words; null when it is fine. Expressions are not checked here: what they
 * yield is known only when the step runs.
 */
export function faultOf(schema: z.ZodType, value: unknown): string | null {
  const result = schema.safeParse(value)
  if (result.success) return null
  const issue = result.error.issues[0]
  if (issue === undefined) return null
  const inner = issue.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : undefined
  return wordsOf(inner?.message ?? issue.message)
}

const wordsOf = (message: string): string =>
  message.startsWith('Invalid') || message.startsWith('Too') ? `${message}.` : `Write ${message}.`

import type { Json } from '../../../src-shared/contract/index.ts'
import { type Edit, editDefinition, renameKey } from '../../../src-shared/definition/index.ts'
import { endOfString, expressionsIn } from '../../graph/expressions.ts'
import { mapOf } from './values.ts'

/** A named thing whose name stands in expressions. */
export type NamedThing =
  | { readonly what: 'param' }
  | { readonly what: 'input'; readonly step: string }
  | { readonly what: 'output'; readonly step: string }
  | { readonly what: 'answer'; readonly step: string }

const keyPath = (thing: NamedThing): readonly string[] => {
  switch (thing.what) {
    case 'param':
      return ['params']
    case 'input':
      return ['steps', thing.step, 'inputs']
    case 'output':
      return ['steps', thing.step, 'outputs']
    case 'answer':
      return ['steps', thing.step, 'approval', 'form']
  }
}

/** What is written before the name wherever the thing is read. */
function chainOf(thing: NamedThing): readonly string[] {
  if (thing.what === 'param') return ['params']
  return thing.what === 'input' ? ['inputs'] : ['steps', thing.step, 'outputs']
}

/**
 * The text with another name for an input, an output, a parameter or a field of a form: its key, and every expression
 * that reads it.
 * @param value what it is from then on; null: as before
 * @throws ProblemError when the text cannot be read, or the name is taken
 */
export function renameField(
  source: string,
  definition: Json,
  thing: NamedThing,
  from: string,
  to: string,
  value: Json | null = null,
): string {
  const reads = readsToRename(definition, thing, from, to)
  return editDefinition(renameKey(source, [...keyPath(thing), from], to), [
    ...moveEdits(reads, [...keyPath(thing)], from, to),
    ...(value === null ? [] : [{ path: [...keyPath(thing), to], value }]),
  ])
}

/** Edits below the key that is renamed go to its new name. */
const moveEdits = (edits: readonly Edit[], parent: readonly string[], from: string, to: string): Edit[] =>
  edits.map((edit) => {
    const isBelow = parent.every((part, i) => edit.path[i] === part) && edit.path[parent.length] === from
    return isBelow ? { ...edit, path: [...parent, to, ...edit.path.slice(parent.length + 1)] } : edit
  })

/** Changes to all texts whose expressions read the thing. */
export function readsToRename(definition: Json, thing: NamedThing, from: string, to: string): Edit[] {
  const root: readonly (string | number)[] = thing.what === 'input' ? ['steps', thing.step] : []
  const start = thing.what === 'input' ? mapOf(mapOf(definition)['steps'])[thing.step] : definition
  const edits: Edit[] = []
  const chain = chainOf(thing)
  const visit = (value: Json | undefined, path: readonly (string | number)[]): void => {
    if (typeof value === 'string') {
      const isBare = path.length === 3 && path[0] === 'steps' && path[2] === 'when'
      const text = renamedInText(value, chain, from, to, isBare)
      if (text !== value) edits.push({ path, value: text })
    } else if (Array.isArray(value))
      value.forEach((item, i) => {
        visit(item, [...path, i])
      })
    else if (value !== null && value !== undefined) {
      for (const [key, item] of Object.entries(mapOf(value))) visit(item, [...path, key])
    }
  }
  visit(start, root)
  return edits
}

/** A text in which its expressions read `chain.to` instead of `chain.from`. */
export function renamedInText(
  text: string,
  chain: readonly string[],
  from: string,
  to: string,
  isBare = false,
): string {
  let result = ''
  let at = 0
  const way = wayTo(chain, from)
  for (const stretch of expressionsIn(text, isBare)) {
    result += text.slice(at, stretch.from)
    at = stretch.from
    while (at < stretch.to) {
      const char = text[at] ?? ''
      way.lastIndex = at
      const match = /[\w.]/.test(text[at - 1] ?? '') ? null : way.exec(text)
      if (match !== null && way.lastIndex <= stretch.to) {
        const [all, head = ''] = match
        result += head + all.slice(head.length).replace(from, () => to)
        at += all.length
      } else if (char === '"' || char === "'") {
        const end = endOfString(text, at, stretch.to)
        result += text.slice(at, end + 1)
        at = end + 1
      } else {
        result += char
        at++
      }
    }
  }
  return result + text.slice(at)
}

/** `steps.fit.outputs` and then the name, each link as `.name` or `["name"]`. */
function wayTo(chain: readonly string[], name: string): RegExp {
  const link = (part: string): string => `\\s*(?:\\.\\s*${part}(?!\\w)|\\[\\s*(?:"${part}"|'${part}')\\s*\\])`
  const [root = '', ...links] = chain
  return new RegExp(`(${root}${links.map(link).join('')})${link(name)}`, 'y')
}

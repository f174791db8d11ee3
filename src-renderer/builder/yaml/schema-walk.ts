import type { Json } from '../../../src-shared/contract/index.ts'

/** The part of JSON Schema that weir.yaml's schema uses. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly enum?: readonly Json[]
  readonly const?: Json
  readonly required?: readonly string[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, SchemaNode>>
}

/** A schema without references and choices: all that it may be. */
function choices(root: SchemaNode, node: SchemaNode, depth = 0): SchemaNode[] {
  if (depth > MAX_DEPTH) return []
  if (node.$ref !== undefined) {
    const target = root.$defs?.[node.$ref.replace('#/$defs/', '')]
    return target === undefined ? [] : choices(root, target, depth + 1)
  }
  return node.anyOf === undefined ? [node] : node.anyOf.flatMap((one) => choices(root, one, depth + 1))
}

/** References of a schema to itself are followed this often. */
const MAX_DEPTH = 8

/** What may stand at a path. */
export function schemasAt(root: SchemaNode, path: readonly (string | number)[]): SchemaNode[] {
  let nodes = choices(root, root)
  for (const part of path) {
    nodes = nodes.flatMap((node) => {
      const next = typeof part === 'number' ? node.items : inside(node, part)
      return next === undefined ? [] : choices(root, next)
    })
  }
  return nodes
}

function inside(node: SchemaNode, key: string): SchemaNode | undefined {
  if (node.properties !== undefined && Object.hasOwn(node.properties, key)) return node.properties[key]
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined
}

export interface KnownKey {
  readonly key: string
  readonly help: string
  readonly isRequired: boolean
  /** Holds a map, so that its fields go on lines of their own */
  readonly isMap: boolean
  readonly isList: boolean
}

/** The keys that a map at a path may have. */
export function keysAt(root: SchemaNode, path: readonly (string | number)[]): KnownKey[] {
  const keys = new Map<string, KnownKey>()
  for (const node of schemasAt(root, path)) {
    for (const [key, field] of Object.entries(node.properties ?? {})) {
      const forms = choices(root, field)
      if (keys.has(key)) continue
      keys.set(key, {
        key,
        help: field.description ?? forms.find((one) => one.description !== undefined)?.description ?? '',
        isRequired: node.required?.includes(key) === true,
        isMap: forms.length > 0 && forms.every((one) => one.type === 'object'),
        isList: forms.length > 0 && forms.every((one) => one.type === 'array'),
      })
    }
  }
  return [...keys.values()]
}

/** The values that are named at a path: of choices, and of switches. */
export function valuesAt(root: SchemaNode, path: readonly (string | number)[]): string[] {
  const values = schemasAt(root, path).flatMap((node): Json[] => {
    if (node.const !== undefined) return [node.const]
    if (node.enum !== undefined) return [...node.enum]
    return node.type === 'boolean' ? [true, false] : []
  })
  return [...new Set(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))))]
}

/** What a key means: said at the key itself, or at what it holds. */
export function helpAt(root: SchemaNode, path: readonly (string | number)[]): string {
  const key = path.at(-1)
  if (typeof key !== 'string') return ''
  const known = keysAt(root, path.slice(0, -1)).find((one) => one.key === key)
  if (known !== undefined) return known.help
  return schemasAt(root, path).find((one) => one.description !== undefined)?.description ?? ''
}

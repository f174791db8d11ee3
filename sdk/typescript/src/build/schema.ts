import type ts from 'typescript'
import type { Json, JsonObject } from '../protocol.ts'
import { CLASS_KEY } from '../values/coerce.ts'
import { isOfSdk } from './package.ts'
import type { TypedProgram } from './types.ts'

const asClass = (name: string, schema: JsonObject): JsonObject => ({ ...schema, [CLASS_KEY]: name })

/** Classes by name, with what a form or the command line gives for them. */
const SDK_CLASSES: { readonly [name: string]: JsonObject } = {
  PlainDate: asClass('PlainDate', { type: 'string', format: 'date' }),
  PlainDateTime: asClass('PlainDateTime', { type: 'string', format: 'date-time' }),
  ZonedDateTime: asClass('ZonedDateTime', { type: 'string', format: 'date-time' }),
  Duration: asClass('Duration', { type: 'number', description: 'Seconds' }),
  Tuple: { type: 'array' },
  Record: { type: 'object' },
  StepRef: { type: 'object', title: 'StepRef' },
  Blob: {
    type: 'object',
    title: 'Blob',
    properties: { $weir: { const: 'blob' }, digest: { type: 'string' }, size: { type: 'integer' } },
    required: ['$weir', 'digest', 'size'],
  },
  Asset: {
    type: 'object',
    title: 'Asset',
    properties: { kind: { const: 'asset' }, name: { type: 'string' }, files: { type: 'array' } },
    required: ['kind', 'name', 'files'],
  },
}
const BYTES = asClass('Uint8Array', { type: 'string', contentEncoding: 'base64' })
const LIB_CLASSES: { readonly [name: string]: JsonObject } = {
  Date: asClass('Date', { type: 'string', format: 'date-time' }),
  Uint8Array: BYTES,
  Buffer: BYTES,
  Object: { type: 'object' },
}
const MAX_DEPTH = 20
const MAX_PROPERTIES = 500

/**
 * JSON Schema (2020-12) of the values of a type; `{}` for any, also for types that have no schema.
 *
 * @param at where the type is used
 */
export function schemaOf(typed: TypedProgram, type: ts.Type, at: ts.Node): JsonObject {
  const builder = new SchemaBuilder(typed, at)
  const schema = builder.build(type)
  return builder.definitions.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(builder.definitions) }
}

class SchemaBuilder {
  readonly definitions = new Map<string, JsonObject>()
  private readonly typed: TypedProgram
  private readonly at: ts.Node
  private readonly open: ts.Type[] = []
  private readonly recursive = new Set<ts.Type>()

  constructor(typed: TypedProgram, at: ts.Node) {
    this.typed = typed
    this.at = at
  }

  build(type: ts.Type): JsonObject {
    const { TypeFlags } = this.typed.ts
    const { flags } = type
    if (this.open.length > MAX_DEPTH) return {}
    if (type.isUnion() && (flags & TypeFlags.Boolean) === 0) return this.union(type)
    if (flags & TypeFlags.StringLiteral) return { type: 'string', enum: [(type as ts.StringLiteralType).value] }
    if (flags & TypeFlags.NumberLiteral) return { type: 'number', enum: [(type as ts.NumberLiteralType).value] }
    if (flags & TypeFlags.BooleanLiteral)
      return { type: 'boolean', enum: [this.typed.checker.typeToString(type) === 'true'] }
    if (flags & TypeFlags.StringLike) return { type: 'string' }
    if (flags & TypeFlags.NumberLike) return { type: 'number' }
    if (flags & TypeFlags.BooleanLike) return { type: 'boolean' }
    if (flags & TypeFlags.BigIntLike) return asClass('bigint', { type: 'integer' })
    if (flags & (TypeFlags.Null | TypeFlags.Undefined | TypeFlags.Void)) return { type: 'null' }
    if (flags & (TypeFlags.Object | TypeFlags.Intersection)) return this.object(type)
    const constraint = this.typed.checker.getBaseConstraintOfType(type)
    return constraint === undefined || constraint === type ? {} : this.build(constraint)
  }

  private union(type: ts.UnionType): JsonObject {
    const { TypeFlags } = this.typed.ts
    const types = type.types.filter(({ flags }) => (flags & (TypeFlags.Undefined | TypeFlags.Void)) === 0)
    const literals: Json[] = []
    const others: JsonObject[] = []
    let hasTrue = false
    let hasFalse = false
    for (const one of types) {
      if (one.flags & TypeFlags.BooleanLiteral) {
        if (this.typed.checker.typeToString(one) === 'true') hasTrue = true
        else hasFalse = true
      } else if (one.flags & TypeFlags.StringLiteral) literals.push((one as ts.StringLiteralType).value)
      else if (one.flags & TypeFlags.NumberLiteral) literals.push((one as ts.NumberLiteralType).value)
      else others.push(this.build(one))
    }
    if (hasTrue || hasFalse)
      others.unshift(hasTrue && hasFalse ? { type: 'boolean' } : { type: 'boolean', enum: [hasTrue] })
    if (literals.length > 0) others.unshift(choice(literals))
    const schema = anyOf(others)
    const isEnum = (type.flags & TypeFlags.EnumLike) !== 0
    const name = isEnum ? type.symbol?.name : undefined
    return name === undefined ? schema : { title: name, ...schema }
  }

  private object(type: ts.Type): JsonObject {
    const { checker } = this.typed
    if (checker.isTupleType(type)) return this.tuple(type as ts.TupleTypeReference)
    if (checker.isArrayType(type)) return withSchema({ type: 'array' }, 'items', this.build(this.argument(type, 0)))
    const known = this.known(type)
    if (known !== null) return known
    if (checker.getSignaturesOfType(type, this.typed.ts.SignatureKind.Call).length > 0) return {}
    if (type.isClass()) return { title: type.symbol.name }
    if (this.open.includes(type)) {
      this.recursive.add(type)
      return { $ref: `#/$defs/${nameOf(type)}` }
    }
    this.open.push(type)
    const schema = this.properties(type)
    this.open.pop()
    if (!this.recursive.has(type)) return schema
    this.definitions.set(nameOf(type), schema)
    return { $ref: `#/$defs/${nameOf(type)}` }
  }

  /** Classes of JavaScript and of the SDK; null for all others. */
  private known(type: ts.Type): JsonObject | null {
    const symbol = type.getSymbol()
    const file = symbol?.declarations?.[0]?.getSourceFile()
    if (symbol === undefined || file === undefined) return null
    const { name } = symbol
    if (isOfSdk(file.fileName)) {
      if (name === 'Handle') return this.build(this.argument(type, 0))
      return SDK_CLASSES[name] ?? null
    }
    const isLib = this.typed.program.isSourceFileDefaultLibrary(file) || file.fileName.includes('/@types/node/')
    if (!isLib) return null
    if (name === 'Set' || name === 'ReadonlySet') {
      const items = this.build(this.argument(type, 0))
      return asClass('Set', withSchema({ type: 'array', uniqueItems: true }, 'items', items))
    }
    if (name === 'Map' || name === 'ReadonlyMap') return this.map(type)
    if (name === 'Promise') return this.build(this.argument(type, 0))
    if (name === 'Array' || name === 'ReadonlyArray') return { type: 'array' }
    return LIB_CLASSES[name] ?? (type.isClassOrInterface() ? { title: name } : null)
  }

  private map(type: ts.Type): JsonObject {
    const key = this.build(this.argument(type, 0))
    const value = this.build(this.argument(type, 1))
    if (key['type'] === 'string') return asClass('Map', withSchema({ type: 'object' }, 'additionalProperties', value))
    return { type: 'array', items: { type: 'array', prefixItems: [key, value], minItems: 2, maxItems: 2 } }
  }

  private tuple(type: ts.TupleTypeReference): JsonObject {
    const { ElementFlags } = this.typed.ts
    const items = this.typed.checker.getTypeArguments(type).map((item) => this.build(item))
    const flags = type.target.elementFlags
    const fixed = flags.findIndex((flag) => (flag & ElementFlags.Variable) !== 0)
    const count = fixed === -1 ? items.length : fixed
    const minItems = flags.filter((flag) => (flag & ElementFlags.Required) !== 0).length
    const schema: JsonObject = { type: 'array', prefixItems: items.slice(0, count), minItems }
    if (fixed === -1) return { ...schema, items: false, maxItems: count }
    return withSchema(schema, 'items', items[fixed] ?? {})
  }

  private properties(type: ts.Type): JsonObject {
    const { checker, ts: compiler } = this.typed
    const properties: JsonObject = {}
    const required: string[] = []
    for (const property of checker.getPropertiesOfType(type).slice(0, MAX_PROPERTIES)) {
      const schema = this.build(checker.getTypeOfSymbolAtLocation(property, this.at))
      const text = compiler.displayPartsToString(property.getDocumentationComment(checker))
      properties[property.name] = text === '' ? schema : { ...schema, description: text }
      if ((property.flags & compiler.SymbolFlags.Optional) === 0) required.push(property.name)
    }
    const schema: JsonObject = { type: 'object' }
    const title = titleOf(type)
    if (title !== null) schema['title'] = title
    if (Object.keys(properties).length > 0) schema['properties'] = properties
    if (required.length > 0) schema['required'] = required
    const rest = checker
      .getIndexInfosOfType(type)
      .find(({ keyType }) => (keyType.flags & compiler.TypeFlags.StringLike) !== 0)
    return rest === undefined ? schema : withSchema(schema, 'additionalProperties', this.build(rest.type))
  }

  private argument(type: ts.Type, at: number): ts.Type {
    const { checker } = this.typed
    return checker.getTypeArguments(type as ts.TypeReference)[at] ?? checker.getAnyType()
  }
}

const withSchema = (schema: JsonObject, key: string, part: JsonObject): JsonObject =>
  Object.keys(part).length === 0 ? schema : { ...schema, [key]: part }

function choice(values: readonly Json[]): JsonObject {
  const kinds = new Set(values.map((value) => typeof value))
  const [kind] = kinds
  return kinds.size === 1 && kind !== undefined ? { type: kind, enum: [...values] } : { enum: [...values] }
}

function anyOf(schemas: readonly JsonObject[]): JsonObject {
  const [only] = schemas
  if (only === undefined || schemas.some((schema) => Object.keys(schema).length === 0)) return {}
  if (schemas.length === 1) return only
  const isSimple = schemas.every(
    (schema) => Object.keys(schema).join() === 'type' && typeof schema['type'] === 'string',
  )
  return isSimple ? { type: schemas.map((schema) => schema['type'] as Json) } : { anyOf: [...schemas] }
}

function titleOf(type: ts.Type): string | null {
  const name = type.aliasSymbol?.name ?? type.getSymbol()?.name ?? ''
  return name === '' || name.startsWith('__') ? null : name
}

const nameOf = (type: ts.Type): string => titleOf(type) ?? 'Object'

import { z } from 'zod'
import * as contract from '../../../src-shared/contract/index.ts'
import { type ProblemCode, permissions, problemCodes, type Route } from '../../../src-shared/contract/index.ts'

type JsonSchema = Record<string, unknown>
type Direction = 'input' | 'output'
/** Route tables by area. */
export type Tables = Readonly<Record<string, Readonly<Record<string, Route>>>>

/** Problems that every call may be answered with. */
const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'bad_request',
  'unauthorized',
  'forbidden',
  'engine_stopping',
  'internal',
]

/** The OpenAPI 3.1 document of the API: made from the contract's tables and nothing else. */
export function openApiOf(tables: Tables, version: string): JsonSchema {
  const schemas = schemaPrinter(schemasOf(tables))
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [area, table] of Object.entries(tables)) {
    for (const route of Object.values(table)) {
      // OpenAPI has no word for the rest of a path: `{path*}` is printed as a parameter like any other.
      const path = route.path.replace('*}', '}')
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, area, schemas) }
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Weir',
      version,
      description:
        'The workflow engine for workstations and labs. Every error is a problem (RFC 9457) with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.keys(tables).map((name) => ({ name })),
    security: [{ token: [] }],
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The content of the file `token` in the data folder' },
      },
    },
  }
}

function operationOf(route: Route, area: string, schemas: SchemaPrinter): JsonSchema {
  const parameters = [...parametersOf(route.params, 'path', schemas), ...parametersOf(route.query, 'query', schemas)]
  const { print } = schemas
  if (route.method === 'POST' && route.change) parameters.push(IDEMPOTENCY_KEY)
  const body = bodyOf(route, print)
  return {
    operationId: route.id,
    tags: [area],
    summary: route.summary,
    description: permissionText(route),
    'x-permission': route.permission,
    'x-change': route.change,
    ...(route.permission === 'PUBLIC' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === null ? {} : { requestBody: body }),
    responses: { ...successOf(route, print), ...problemsOf(route) },
  }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same call is carried out once, and answered the same',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
}

function permissionText(route: Route): string {
  if (route.permission === 'PUBLIC') return 'Needs no sign-in.'
  if (route.permission === 'SIGNED_IN') return 'Any signed-in user.'
  return `Needs the permission ${route.permission}: ${permissions[route.permission]}.`
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query', schemas: SchemaPrinter): JsonSchema[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = schemas.spelledOut(schema) as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof property.description === 'string' ? { description: property.description } : {}),
    schema: property,
  }))
}

function bodyOf(route: Route, print: Print): JsonSchema | null {
  if (route.body === undefined) return null
  if (route.body === 'bytes') {
    return { required: true, content: { 'application/octet-stream': { schema: BINARY } } }
  }
  const isRequired = !route.body.safeParse(undefined).success
  return { required: isRequired, content: { 'application/json': { schema: print(route.body, 'input') } } }
}

const BINARY = { type: 'string', format: 'binary' }

function successOf(route: Route, print: Print): JsonSchema {
  const status = route.status ?? (route.response === 'none' ? 204 : 200)
  if (route.response === 'none') return { [status]: { description: 'Done' } }
  if (route.response === 'bytes') {
    return { [status]: { description: 'The body', content: { 'application/octet-stream': { schema: BINARY } } } }
  }
  if (route.response === 'lines') {
    const schema = route.line === undefined ? {} : print(route.line, 'output')
    return { [status]: { description: 'One JSON value a line', content: { 'application/x-ndjson': { schema } } } }
  }
  return {
    [status]: { description: 'Success', content: { 'application/json': { schema: print(route.response, 'output') } } },
  }
}

function problemsOf(route: Route): JsonSchema {
  const isKnown = (code: string): code is ProblemCode => Object.hasOwn(problemCodes, code)
  const codes = [...COMMON_PROBLEMS, ...(route.problems ?? []).filter(isKnown)]
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set(codes)) {
    const [status] = problemCodes[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `\`${code}\`: ${problemCodes[code][1]}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

type Print = (schema: z.ZodType, direction: Direction) => JsonSchema

interface SchemaPrinter {
  readonly print: Print
  /** The sent form without a reference, though the schema may have a name: parameters are listed one by one. */
  spelledOut(schema: z.ZodType): JsonSchema
  /** Named schemas, for `components.schemas` */
  components(): Record<string, JsonSchema>
}

/**
 * Prints schemas with references to the named ones of the contract. What is sent can differ from what is answered (a
 * default makes a field optional for the caller only); the sent form of a name has the suffix `Input`.
 */
function schemaPrinter(used: Iterable<z.ZodType>): SchemaPrinter {
  const names = new Map<z.core.$ZodType, string>()
  for (const [name, value] of Object.entries(contract)) {
    if (value instanceof z.ZodType && !names.has(value)) names.set(value, name)
  }
  const anonymous = new Map<z.core.$ZodType, string>()
  for (const schema of used) {
    if (!names.has(schema) && !anonymous.has(schema)) anonymous.set(schema, `anonymous-${anonymous.size}`)
  }
  const inputOf = (name: string): string => `${name}Input`
  const outputs = printAll([...names, ...anonymous], 'output')
  const inputs = printAll(
    [...names, ...anonymous].map(([schema, name]) => [schema, inputOf(name)] as const),
    'input',
  )

  const print: Print = (schema, direction) => {
    const idOf = direction === 'input' ? inputOf : (name: string) => name
    const name = names.get(schema)
    if (name !== undefined) return { $ref: refOf(idOf(name)) }
    const printed = (direction === 'input' ? inputs : outputs).get(idOf(anonymous.get(schema) ?? ''))
    if (printed === undefined) throw new Error('a schema of a route was not collected before printing')
    return printed
  }
  const components = (): Record<string, JsonSchema> => {
    const ids = [...names.values()].sort().flatMap((name) => [name, inputOf(name)])
    return Object.fromEntries(ids.map((id) => [id, outputs.get(id) ?? inputs.get(id) ?? {}]))
  }
  const spelledOut = (schema: z.ZodType): JsonSchema =>
    inputs.get(inputOf(names.get(schema) ?? anonymous.get(schema) ?? '')) ?? {}
  return { print, spelledOut, components }
}

const refOf = (id: string): string => `#/components/schemas/${id}`

/** All schemas at once: each printing walks every schema of the registry. */
function printAll(schemas: readonly (readonly [z.core.$ZodType, string])[], io: Direction): Map<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of schemas) registry.add(schema, { id })
  const printed = z.toJSONSchema(registry, { io, uri: refOf, unrepresentable: 'any', override: withoutNoise })
  return new Map(Object.entries(printed.schemas).map(([id, schema]) => [id, cleaned(schema)]))
}

/** Every integer is a safe one; saying so at each hides the limits that matter. */
function withoutNoise({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}

/** Inside one document, `$schema` and `$id` of its parts only confuse readers. */
function cleaned(schema: JsonSchema): JsonSchema {
  const { $schema: _schema, $id: _id, ...rest } = schema
  return rest
}

function* schemasOf(tables: Tables): Generator<z.ZodType> {
  for (const table of Object.values(tables)) {
    for (const route of Object.values(table)) {
      for (const part of [route.params, route.query, route.body, route.response, route.line]) {
        if (part !== undefined && typeof part !== 'string') yield part
      }
    }
  }
}

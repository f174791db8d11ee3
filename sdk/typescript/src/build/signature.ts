import type ts from 'typescript'
import type { Json, JsonObject, WireParameter } from '../protocol.ts'
import { schemaOf } from './schema.ts'
import type { TypedProgram } from './types.ts'

const MAX_DESCRIPTION = 2000
const MAX_DOC = 20_000

/** What the source says about a target. */
export interface Signature {
  readonly parameters: WireParameter[]
  readonly result: JsonObject | null
  readonly description: string | null
  /** From 1 */
  readonly line: number
}

/**
 * Reads an exported target's function: names, types, defaults and comments.
 *
 * @param symbol the export, with aliases followed
 * @returns null when it has no declaration that can be read
 */
export function signatureOf(typed: TypedProgram, symbol: ts.Symbol): Signature | null {
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
  if (declaration === undefined) return null
  const { checker, ts: compiler } = typed
  const file = declaration.getSourceFile()
  const call = functionOf(typed, declaration) ?? signatureOfType(typed, symbol, declaration)
  const doc = compiler.displayPartsToString(symbol.getDocumentationComment(checker)).slice(0, MAX_DOC)
  const line = file.getLineAndCharacterOfPosition(declaration.getStart(file)).line + 1
  const described = { description: doc === '' ? null : doc, line }
  if (call === null) return { parameters: [], result: null, ...described }
  const texts = parameterTexts(typed, symbol)
  const returned = checker.getReturnTypeOfSignature(call)
  const result = schemaOf(typed, checker.getAwaitedType(returned) ?? returned, declaration)
  const parameters = call.getParameters().map((parameter, at) => parameterOf(typed, parameter, at, declaration, texts))
  return { parameters, result: Object.keys(result).length === 0 ? null : result, ...described }
}

/** The function in `export const train = task(options, function)`, which alone knows the defaults. */
function functionOf({ ts: compiler, checker }: TypedProgram, declaration: ts.Declaration): ts.Signature | null {
  if (!compiler.isVariableDeclaration(declaration)) return null
  const call = declaration.initializer
  if (call === undefined || !compiler.isCallExpression(call)) return null
  const fn = call.arguments.at(-1)
  if (fn === undefined) return null
  return checker.getSignaturesOfType(checker.getTypeAtLocation(fn), compiler.SignatureKind.Call)[0] ?? null
}

/** The type of the target's `fn`, wherever the target comes from. */
function signatureOfType({ checker, ts: compiler }: TypedProgram, symbol: ts.Symbol, at: ts.Node): ts.Signature | null {
  const type = checker.getTypeOfSymbolAtLocation(symbol, at)
  const fn = type.getProperty('fn')
  if (fn === undefined) return null
  return checker.getSignaturesOfType(checker.getTypeOfSymbolAtLocation(fn, at), compiler.SignatureKind.Call)[0] ?? null
}

function parameterOf(
  typed: TypedProgram,
  symbol: ts.Symbol,
  at: number,
  place: ts.Node,
  texts: ReadonlyMap<string, string>,
): WireParameter {
  const { checker, ts: compiler } = typed
  const node = symbol.valueDeclaration
  const parameter = node !== undefined && compiler.isParameter(node) ? node : undefined
  const isRest = parameter?.dotDotDotToken !== undefined
  const type = checker.getTypeOfSymbolAtLocation(symbol, parameter ?? place)
  const name = parameter === undefined || compiler.isIdentifier(parameter.name) ? symbol.name : `argument${at + 1}`
  const isOptional = isRest || parameter?.questionToken !== undefined || parameter?.initializer !== undefined
  const allowsNone = (symbol.flags & compiler.SymbolFlags.Optional) !== 0 || mayBeUndefined(typed, type)
  const initial = parameter?.initializer === undefined ? undefined : plainValue(typed, parameter.initializer)
  const text = texts.get(name)?.slice(0, MAX_DESCRIPTION)
  return {
    name,
    kind: isRest ? 'variadic' : 'positional',
    schema: schemaOf(typed, isRest ? elementOf(typed, type) : type, parameter ?? place),
    required: !isOptional && !allowsNone,
    ...(initial === undefined ? {} : { default: initial }),
    ...(text === undefined || text === '' ? {} : { description: text }),
  }
}

const mayBeUndefined = ({ ts: compiler }: TypedProgram, type: ts.Type): boolean =>
  type.isUnion() && type.types.some(({ flags }) => (flags & compiler.TypeFlags.Undefined) !== 0)

function elementOf({ checker }: TypedProgram, type: ts.Type): ts.Type {
  return checker.isArrayType(type) ? (checker.getTypeArguments(type as ts.TypeReference)[0] ?? type) : type
}

/** Texts of `@param` tags. */
function parameterTexts({ ts: compiler, checker }: TypedProgram, symbol: ts.Symbol): Map<string, string> {
  const texts = new Map<string, string>()
  for (const tag of symbol.getJsDocTags(checker)) {
    if (tag.name !== 'param') continue
    const text = compiler.displayPartsToString(tag.text)
    const parts = /^([\w$]+)\s+(?:-\s*)?([\s\S]*)$/.exec(text)
    if (parts?.[1] !== undefined) texts.set(parts[1], (parts[2] ?? '').trim())
  }
  return texts
}

/** The value of an expression that is plain JSON as it stands; undefined for all others. */
function plainValue(typed: TypedProgram, node: ts.Expression): Json | undefined {
  const { ts: compiler } = typed
  if (compiler.isStringLiteralLike(node)) return node.text
  if (compiler.isNumericLiteral(node)) return Number(node.text)
  if (compiler.isPrefixUnaryExpression(node) && node.operator === compiler.SyntaxKind.MinusToken) {
    const value = plainValue(typed, node.operand)
    return typeof value === 'number' ? -value : undefined
  }
  const { SyntaxKind } = compiler
  if (node.kind === SyntaxKind.TrueKeyword || node.kind === SyntaxKind.FalseKeyword)
    return node.kind === SyntaxKind.TrueKeyword
  if (node.kind === SyntaxKind.NullKeyword) return null
  if (compiler.isAsExpression(node) || compiler.isParenthesizedExpression(node))
    return plainValue(typed, node.expression)
  if (compiler.isArrayLiteralExpression(node)) return all(node.elements.map((element) => plainValue(typed, element)))
  return compiler.isObjectLiteralExpression(node) ? plainObject(typed, node) : undefined
}

function plainObject(typed: TypedProgram, node: ts.ObjectLiteralExpression): Json | undefined {
  const { ts: compiler } = typed
  const entries: [string, Json][] = []
  for (const property of node.properties) {
    if (!compiler.isPropertyAssignment(property) || compiler.isComputedPropertyName(property.name)) return undefined
    const value = plainValue(typed, property.initializer)
    if (value === undefined || !('text' in property.name)) return undefined
    entries.push([property.name.text, value])
  }
  return Object.fromEntries(entries)
}

function all(values: readonly (Json | undefined)[]): Json | undefined {
  const plain = values.filter((value) => value !== undefined)
  return plain.length === values.length ? plain : undefined
}

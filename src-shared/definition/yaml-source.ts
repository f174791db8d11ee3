import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser } from 'yaml'
import type { Json } from '../contract/index.ts'
import { MAX_DEPTH, MAX_SOURCE_BYTES, MAX_VALUES, MAX_YAML_TOKENS } from './limits.ts'

export type Path = readonly (string | number)[]

/** A fault of the YAML text itself, at an offset. */
export interface YamlFault {
  readonly code: string
  readonly message: string
  readonly fix: string
  readonly offset: number
  readonly severity: 'error' | 'warning'
}

/** A parsed text: its value, and where everything stands. `value` is undefined when there are errors. */
export interface YamlSource {
  readonly text: string
  readonly document: Document.Parsed | null
  readonly lines: LineCounter
  readonly value: Json | undefined
  readonly faults: readonly YamlFault[]
}

class Refusal extends Error {
  readonly fault: YamlFault
  constructor(code: string, offset: number, message: string, fix: string) {
    super(message)
    this.fault = { code, message, fix, offset, severity: 'error' }
  }
}

/** Syntax errors that follow from the first ones help nobody. */
const MAX_SYNTAX_FAULTS = 3

/** Parses YAML 1.2 from outside: bounded in size, depth and aliases; never throws. */
export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter()
  const refused = (error: unknown): YamlSource => {
    const fault = error instanceof Refusal ? error.fault : unexpected(error)
    return { text, document: null, lines, value: undefined, faults: [fault] }
  }
  try {
    const document = compose(text, lines)
    const faults = syntaxFaults(document, text)
    if (faults.some((fault) => fault.severity === 'error')) return { text, document, lines, value: undefined, faults }
    const reader = new ValueReader(document)
    const value = reader.read()
    return {
      text,
      document,
      lines,
      value: reader.faults.length > 0 ? undefined : value,
      faults: [...faults, ...reader.faults],
    }
  } catch (error) {
    return refused(error)
  }
}

const unexpected = (error: unknown): YamlFault => ({
  code: 'yaml_syntax',
  message: `the text cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`,
  fix: 'Check the text with a YAML editor.',
  offset: 0,
  severity: 'error',
})

function compose(text: string, lines: LineCounter): Document.Parsed {
  if (text.length > MAX_SOURCE_BYTES || new TextEncoder().encode(text).length > MAX_SOURCE_BYTES) {
    throw new Refusal('too_large', 0, 'the definition is larger than 10 MB', 'Put long scripts and data into `files`.')
  }
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, strict: true, merge: false })
  stopAfterManyErrors(composer)
  let document: Document.Parsed | undefined
  for (const next of composer.compose(tokens(text, lines), true, text.length)) {
    if (document) {
      throw new Refusal(
        'yaml_documents',
        next.range[0],
        'the file holds several documents',
        'Write one workflow a file: remove `---`.',
      )
    }
    document = next
  }
  if (!document) throw new Refusal('empty', 0, 'the definition is empty', 'Start with `name:` and `steps:`.')
  return document
}

/** Syntax errors after which nothing more is learnt; each takes the composer some microseconds. */
const MAX_SYNTAX_ERRORS = 100

type ErrorSource = number | [number, number] | { readonly offset: number }
type OnError = (source: ErrorSource, code: string, message: string, warning?: boolean) => void

function stopAfterManyErrors(composer: Composer): void {
  const hooks = composer as unknown as { onError: OnError }
  const report = hooks.onError
  let count = 0
  hooks.onError = (source, code, message, warning) => {
    if (++count > MAX_SYNTAX_ERRORS) {
      const offset = typeof source === 'number' ? source : Array.isArray(source) ? source[0] : source.offset
      const text = `this is no YAML: ${MAX_SYNTAX_ERRORS} errors before this place`
      throw new Refusal('yaml_syntax', offset, text, 'Check that it is the right file.')
    }
    report(source, code, message, warning)
  }
}

/** The tokens of a text, refused before the recursive part of the parser sees too many or too deep ones. */
function* tokens(text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine)
  let count = 0
  // The first line starts at 0, which the parser reports only together with a document.
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (++count > MAX_YAML_TOKENS) {
      throw new Refusal(
        'too_large',
        parser['offset'],
        'the definition has too many parts',
        'Use `forEach` instead of many alike steps.',
      )
    }
    // Beside the collections the stack holds the document, a scalar and a block's wrapper.
    if (parser['stack'].length > MAX_DEPTH + 3) {
      const message = `lists and maps are nested deeper than ${MAX_DEPTH} levels`
      throw new Refusal('too_deep', parser['offset'], message, 'Flatten the value, or read it from a file.')
    }
  }
  yield* parser.end()
}

const SYNTAX_FIXES: Record<string, string> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Line it up with its neighbours: the same number of spaces.',
  BAD_SCALAR_START: 'Put the value into quotes.',
  MISSING_CHAR: 'Close the quote or the bracket.',
  BLOCK_IN_FLOW: 'Inside { } and [ ], put texts with `:` into quotes.',
  BAD_ALIAS: 'Define it before with `&name`, or put the text into quotes.',
  MULTILINE_IMPLICIT_KEY: 'Put the text into quotes or start it with `|`.',
  BLOCK_AS_IMPLICIT_KEY: 'Check the indentation; a value that holds a `: ` stands in quotes.',
  TAG_RESOLVE_FAILED: 'Remove the tag, or put the text into quotes.',
}

function syntaxFaults(document: Document.Parsed, text: string): YamlFault[] {
  const convert =
    (severity: 'error' | 'warning') => (error: { code: string; message: string; pos: [number, number] }) => {
      const line = lineAround(text, error.pos[0])
      const quote = line.includes('${{') && error.code !== 'TAB_AS_INDENT'
      const fix = quote
        ? 'Put the value with `${{ }}` into quotes: it holds a `: `, a `#` or a quote.'
        : SYNTAX_FIXES[error.code]
      return {
        code: 'yaml_syntax',
        message: error.message.charAt(0).toLowerCase() + error.message.slice(1),
        fix: fix ?? 'Check indentation, quotes and colons here and in the line before.',
        offset: error.pos[0],
        severity,
      }
    }
  // Of the errors that follow from each other only the first of a kind helps.
  const kinds = new Set<string>()
  const first = document.errors.filter((error) => !kinds.has(error.code) && kinds.add(error.code))
  const errors = first.slice(0, MAX_SYNTAX_FAULTS).map(convert('error'))
  return errors.length > 0 ? errors : document.warnings.slice(0, MAX_SYNTAX_FAULTS).map(convert('error'))
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end < 0 ? undefined : Math.min(end, start + 500))
}

/** Turns nodes into JSON: expands aliases within bounds, merges `<<`, and finds keys that are there twice. */
class ValueReader {
  readonly faults: YamlFault[] = []
  readonly #document: Document.Parsed
  /** Anchored nodes so far: an alias means the last one before it */
  readonly #anchors = new Map<string, Node>()
  #aliases = 0
  #values = 0

  constructor(document: Document.Parsed) {
    this.#document = document
  }

  read(): Json {
    return this.#value(this.#document.contents, 0)
  }

  #value(node: Node | null | undefined, depth: number): Json {
    if (!node) return null
    const offset = node.range?.[0] ?? 0
    if (++this.#values > MAX_VALUES) {
      throw new Refusal(
        'too_large',
        offset,
        'the definition has too many values once its aliases are expanded',
        'Use fewer aliases.',
      )
    }
    if (depth > MAX_DEPTH) {
      const message = `lists and maps are nested deeper than ${MAX_DEPTH} levels`
      throw new Refusal('too_deep', offset, message, 'Flatten the value, or read it from a file.')
    }
    if (isAlias(node)) return this.#alias(node.source, offset, depth)
    if (node.anchor !== undefined && this.#aliases === 0) this.#anchors.set(node.anchor, node)
    if (isScalar(node)) return this.#scalar(node.value, offset)
    if (isSeq<Node>(node)) return node.items.map((item) => this.#value(item, depth + 1))
    return isMap<Node, Node>(node) ? this.#map(node, depth) : null
  }

  #alias(name: string, offset: number, depth: number): Json {
    const node = this.#anchors.get(name)
    if (!node)
      this.#fault(
        'unknown_alias',
        offset,
        `the alias \`*${name}\` has no \`&${name}\` before it`,
        SYNTAX_FIXES['BAD_ALIAS'] ?? '',
      )
    this.#aliases++
    const value = this.#value(node, depth + 1)
    this.#aliases--
    return value
  }

  #scalar(value: unknown, offset: number): Json {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') {
      if (!Number.isFinite(value))
        this.#fault('not_json', offset, `${value} is no JSON number`, 'Write a finite number, or a text in quotes.')
      return Number.isFinite(value) ? value : null
    }
    this.#fault('not_json', offset, 'this value has no JSON form', 'Write it as a text in quotes.')
    return null
  }

  #map(node: { items: { key: Node; value: Node | null }[] }, depth: number): Json {
    const map: { [key: string]: Json } = {}
    const merged: { [key: string]: Json }[] = []
    for (const { key, value } of node.items) {
      const name = this.#key(key)
      if (name === null) continue
      const offset = key.range?.[0] ?? 0
      if (name === '<<') merged.push(...this.#merge(value, depth))
      else if (Object.hasOwn(map, name))
        this.#fault('duplicate_key', offset, `\`${name}\` is there twice`, 'Remove or rename one of them.')
      else map[name] = this.#value(value, depth + 1)
    }
    for (const source of merged)
      for (const [name, value] of Object.entries(source)) if (!Object.hasOwn(map, name)) map[name] = value
    return map
  }

  #merge(value: Node | null, depth: number): { [key: string]: Json }[] {
    const sources = this.#value(value, depth + 1)
    const list = Array.isArray(sources) ? sources : [sources]
    return list.flatMap((source) => {
      if (source !== null && typeof source === 'object' && !Array.isArray(source)) return [source]
      this.#fault(
        'bad_merge',
        value?.range?.[0] ?? 0,
        '`<<` merges maps only',
        'Write `<<: *name` with the alias of a map.',
      )
      return []
    })
  }

  #key(key: Node | null): string | null {
    const value = isScalar(key) ? key.value : undefined
    if (value === '__proto__')
      this.#fault('bad_key', key?.range?.[0] ?? 0, '`__proto__` cannot be a name', 'Choose another name.')
    else if (typeof value === 'string') return value
    else if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    else this.#fault('bad_key', key?.range?.[0] ?? 0, 'a key must be a text', 'Put the key into quotes.')
    return null
  }

  #fault(code: string, offset: number, message: string, fix: string): void {
    this.faults.push({ code, message, fix, offset, severity: 'error' })
  }
}

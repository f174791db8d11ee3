import type { ParseResult } from '@marcbachmann/cel-js'
import { type Definition, isAbsent, type Json, type Param } from '../../../src-shared/contract/index.ts'
import type { Path } from '../../../src-shared/definition/index.ts'
import { checkingEnvironment, evaluating, parseIn } from './cel.ts'
import { assetFault } from './check-assets.ts'
import { outputsOf, readFault, type Scope } from './check-reads.ts'
import { compile, ExpressionSyntaxError, type Program, plainTypes, typeFix } from './expression.ts'
import type { Faults, Words } from './faults.ts'
import { isRequired } from './params.ts'
import { UNSAFE_PLACE, UNSAFE_PLACE_FIX } from './render.ts'
import { ShellScanner } from './shell.ts'
import { bareExpression, type ExpressionPart, parseTemplate, type Template, TemplateError } from './template.ts'

/** What a place needs: the CEL types that fit, and how a person calls them. */
export interface Wanted {
  readonly types: RegExp
  readonly noun: string
  readonly fix: string
}

export const CONDITION: Wanted = {
  types: /^(bool|dyn)$/,
  noun: 'true or false',
  fix: 'Compare it with something, e.g. `… == "yes"` or `size(…) > 0`.',
}
export const ITEMS: Wanted = {
  types: /^(dyn|list|map)/,
  noun: 'a list or an asset',
  fix: 'For numbers from 0 write `range(n)`; for one item `[x]`.',
}
export const PAUSE: Wanted = {
  types: /^(dyn|string|int|double|google\.protobuf\.Duration)$/,
  noun: 'a duration',
  fix: 'Write `"30s"`, a number of seconds, or `duration("30s")`.',
}

const CEL_TYPES: Record<Param['type'], string> = {
  string: 'string',
  secret: 'string',
  integer: 'double',
  number: 'double',
  boolean: 'bool',
  array: 'list',
  object: 'map',
  json: 'dyn',
  file: 'map',
  directory: 'map',
}

/** Checks every expression of one definition, and finds out which steps each step reads. */
export class ExpressionChecker {
  readonly #definition: Definition
  readonly #faults: Faults
  readonly #types = new Map<string, { type: string } | { message: string; fix: string; offset: number }>()
  readonly #checking

  constructor(definition: Definition, faults: Faults) {
    this.#definition = definition
    this.#faults = faults
    const params = Object.entries(definition.params ?? {})
    // A parameter that may be null has no static type.
    this.#checking = checkingEnvironment(
      Object.fromEntries(
        params.map(([name, param]) => [
          name,
          isRequired(param) || !(param.default === undefined || isAbsent(param.default))
            ? CEL_TYPES[param.type]
            : 'dyn',
        ]),
      ),
    )
  }

  /** A template. Adds the names of the steps that it reads to `needs`. */
  template(text: string, path: Path, scope: Scope, needs: Set<string>, wanted?: Wanted): void {
    const template = this.#cut(text, path)
    if (!template?.hasExpressions) return
    for (const part of template.parts) {
      if (typeof part !== 'string') this.#expression(part, path, scope, needs, template.single ? wanted : undefined)
    }
  }

  /** A shell script: like a template, and each value must stand where it can be quoted. */
  script(text: string, path: Path, scope: Scope, needs: Set<string>): void {
    this.template(text, path, scope, needs)
    const scanner = new ShellScanner()
    for (const part of this.#cut(text, path, true)?.parts ?? []) {
      if (typeof part === 'string') scanner.feed(part)
      else {
        if (scanner.place === 'refused') this.#fault('unsafe_place', path, UNSAFE_PLACE, UNSAFE_PLACE_FIX, part, 0)
        scanner.value()
      }
    }
  }

  /** Templates in a value, at any depth. */
  value(value: Json, path: Path, scope: Scope, needs: Set<string>): void {
    if (typeof value === 'string') this.template(value, path, scope, needs)
    else if (Array.isArray(value)) for (const [i, item] of value.entries()) this.value(item, [...path, i], scope, needs)
    else if (value !== null && typeof value === 'object') {
      for (const [key, item] of Object.entries(value)) this.value(item, [...path, key], scope, needs)
    }
  }

  /** A field that is an expression as a whole, with or without braces. Answers its program when it could be read. */
  bare(text: string, path: Path, scope: Scope, needs: Set<string>, wanted: Wanted): Program | null {
    let part: ExpressionPart | null
    try {
      part = bareExpression(text)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      part = null
    }
    if (part) return this.#expression(part, path, scope, needs, wanted)
    const fix = 'Write the condition alone, without text around it, e.g. `params.year > 2000`.'
    this.#faults.add({ code: 'expression_syntax', path, message: `${scope.field} must be one expression`, fix })
    return null
  }

  #cut(text: string, path: Path, quiet = false): Template | null {
    try {
      return parseTemplate(text)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      if (!quiet) {
        const fix = 'Close it, mind the quotes inside, or write `$${{` for the characters themselves.'
        const inside = { ordinal: error.ordinal, text: '', offset: 0 }
        this.#faults.add({ code: 'expression_syntax', path, message: error.message, fix, inside })
      }
      return null
    }
  }

  #expression(part: ExpressionPart, path: Path, scope: Scope, needs: Set<string>, wanted?: Wanted): Program | null {
    let program: Program
    try {
      program = compile(part.text)
    } catch (error) {
      if (!(error instanceof ExpressionSyntaxError)) throw error
      this.#fault('expression_syntax', path, error.message, error.fix, part, error.offset)
      return null
    }
    if (this.#reads(program, part, path, scope, needs)) this.#type(program, part, path, scope, wanted)
    return program
  }

  /** Whether everything that the expression reads exists and may be read here. */
  #reads(program: Program, part: ExpressionPart, path: Path, scope: Scope, needs: Set<string>): boolean {
    for (const fault of program.faults) this.#fault(fault.code, path, fault.message, fault.fix, part, fault.start)
    let good = program.faults.length === 0
    for (const read of program.reads) {
      const fault = readFault(read, scope, this.#definition)
      if (fault) {
        this.#fault(fault.code, path, fault.message, fault.fix, part, read.start)
        good = false
      } else if (read.root === 'steps' && read.path[0] !== undefined) needs.add(read.path[0])
    }
    const asset = good ? assetFault(program, scope, this.#definition) : null
    if (asset === null) return good
    this.#fault(asset.code, path, asset.message, asset.fix, part, part.text.search(/\S/))
    return false
  }

  #type(program: Program, part: ExpressionPart, path: Path, scope: Scope, wanted: Wanted | undefined): void {
    const result = this.#typeOf(program)
    if ('message' in result) this.#fault('expression_type', path, result.message, result.fix, part, result.offset)
    else if (wanted && !wanted.types.test(result.type)) {
      const message = `${scope.field} must be ${wanted.noun}, but this yields ${plainType(result.type)}`
      this.#fault('expression_type', path, message, wanted.fix, part, part.text.search(/\S/))
    }
  }

  #typeOf(program: Program) {
    const known = this.#types.get(program.text)
    if (known) return known
    const all = program.reads.some((read) => read.root === 'params' && read.path.length === 0)
    const checked = parseIn(all ? evaluating : this.#checking, program.text).check()
    // What is a double by its schema meets whole numbers well at run time, where its type is dynamic.
    const type = typed(mixesNumbers(checked) ? parseIn(evaluating, program.text).check() : checked)
    if ('type' in type && type.type === 'dyn') type.type = this.#outputType(program)
    this.#types.set(program.text, type)
    return type
  }

  /** The type of an expression that is nothing but `steps.x.outputs.y`, `steps.x.status` or `steps.x.failed`. */
  #outputType(program: Program): string {
    const [read] = program.reads
    const { ast } = program.parsed
    const whole = read && program.reads.length === 1 && !read.computed && ast.op === '.' && ast.start === read.start
    if (!whole || read.root !== 'steps') return 'dyn'
    if (read.path.length === 2 && read.path[1] === 'status') return 'string'
    if (read.path.length === 2 && read.path[1] === 'failed') return 'list'
    if (read.path[1] !== 'outputs' || read.path.length !== 3) return 'dyn'
    const step = this.#definition.steps[read.path[0] ?? '']
    const output = step?.outputs?.[read.path[2] ?? '']
    if (!step || !output || outputsOf(step) === null) return 'dyn'
    if (step.forEach) return 'list'
    if ('text' in output) return 'string'
    return 'files' in output ? 'map' : 'dyn'
  }

  #fault(code: string, path: Path, message: string, fix: Words, part: ExpressionPart, offset: number): void {
    this.#faults.add({ code, path, message, fix, inside: { ordinal: part.ordinal, text: part.text, offset } })
  }
}

const mixesNumbers = ({ error }: ReturnType<ParseResult['check']>): boolean =>
  error !== undefined && /\bint\b/.test(error.summary) && /\bdouble\b/.test(error.summary)

function typed(
  checked: ReturnType<ParseResult['check']>,
): { type: string } | { message: string; fix: string; offset: number } {
  if (checked.valid || !checked.error) return { type: checked.type ?? 'dyn' }
  const { summary, range } = checked.error
  const message = plainTypes(summary)
  return {
    message: message.charAt(0).toLowerCase() + message.slice(1),
    fix: typeFix(summary),
    offset: range?.start ?? 0,
  }
}

function plainType(type: string): string {
  if (type === 'int' || type === 'double' || type === 'uint') return 'a number'
  if (type === 'string') return 'a text'
  if (type === 'bool') return 'true or false'
  if (type.startsWith('list')) return 'a list'
  if (type.startsWith('map')) return 'a map or an asset'
  return type === 'null' ? 'null' : `a ${type.replace('google.protobuf.', '').toLowerCase()}`
}

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  startCompletion,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { type EditorView, hoverTooltip } from '@codemirror/view'
import type { Json } from '../../../src-shared/contract/index.ts'
import { expressionSource, typingAt } from '../inspector/expression-completion.ts'
import { type ChildOutputs, type ExpressionPlace, isFiles, readableAt } from '../inspector/readable.ts'
import { mapOf } from '../inspector/values.ts'
import { type Place, placeAt } from './cursor-place.ts'
import { helpAt, type KnownKey, keysAt, type SchemaNode, valuesAt } from './schema-walk.ts'

/** What is known while somebody types; asked for at each time. */
export interface Knowledge {
  /** Null until it was fetched */
  readonly schema: SchemaNode | null
  readonly definition: Json | undefined
  readonly children: ChildOutputs
  /** Names of the workflows that can be run as children */
  readonly workflows: readonly string[]
}

/** Completes keys, values, names of steps and what expressions read. */
export function yamlCompletion(know: () => Knowledge): Extension {
  return autocompletion({ override: [(context) => completeYaml(context, know)], icons: false, activateOnTyping: true })
}

/** Characters before the cursor that may belong to the expression which is being typed. */
const LOOK_BACK = 2_000

/** What could be typed at a cursor. */
export function completeYaml(context: CompletionContext, know: () => Knowledge): CompletionResult | null {
  const { state, pos } = context
  const known = know()
  const place = placeAt(state.doc, pos)
  if (place === null) return null
  const line = state.doc.lineAt(pos)
  const before = state.sliceDoc(Math.max(place.kind === 'block' ? pos - LOOK_BACK : line.from, 0), pos)
  const isWhen = place.path.length === 3 && place.path[0] === 'steps' && place.path[2] === 'when'
  if (place.kind !== 'key') {
    const isBare = isWhen && place.kind === 'value' && !place.typed.includes('${{')
    if (isBare || typingAt(before, false) !== null) return expressionAt(context, known, place, isBare)
  }
  if (place.kind === 'key') return keyResult(context, known, place)
  return place.kind === 'value' ? valueResult(known, place, context) : null
}

function expressionAt(
  context: CompletionContext,
  known: Knowledge,
  place: Place,
  isBare: boolean,
): CompletionResult | null {
  // Files reach a command by an input, and a completion writes only where the cursor stands.
  const readable = () =>
    readableAt(known.definition, expressionPlace(place.path), known.children).filter(
      (one) => one.asInput === undefined || !isFiles(one),
    )
  if (!isBare) {
    const result = expressionSource(readable, false, (one) => one.text)(context)
    return result instanceof Promise ? null : result
  }
  const word = /[A-Za-z_][\w.]*$|$/.exec(place.typed)?.[0] ?? ''
  if (word === '' && !context.explicit && place.typed.trim() !== '') return null
  const options = readable().map((one): Completion => ({ label: one.text, detail: one.type }))
  return { from: context.pos - word.length, options, validFor: /^[\w.]*$/ }
}

/** Which step and field an expression at a path belongs to. */
export function expressionPlace(path: readonly (string | number)[]): ExpressionPlace {
  const [top, step, field] = path
  if (top === 'steps' && typeof step === 'string') return { step, field: String(field ?? '') }
  return { step: null, field: String(top ?? '') }
}

function keyResult(context: CompletionContext, known: Knowledge, place: Place): CompletionResult | null {
  if (known.schema === null || (place.typed === '' && !context.explicit && place.indent === 0)) return null
  if (/[:\s]/.test(place.typed)) return null
  const keys = keysAt(known.schema, place.path).filter((one) => !place.siblings.includes(one.key))
  if (keys.length === 0) return null
  return {
    from: place.from,
    options: keys.map((one, i) => keyCompletion(one, place, -i)),
    validFor: /^[A-Za-z]*$/,
  }
}

function keyCompletion(key: KnownKey, place: Place, order: number): Completion {
  return {
    label: key.key,
    boost: order + (key.isRequired ? REQUIRED_BOOST : 0),
    ...(key.isRequired ? { detail: 'required' } : {}),
    ...(key.help === '' ? {} : { info: key.help }),
    apply: (view, _completion, from, to) => applyKey(view, key, place, from, to),
  }
}

/** What must be there comes first. */
const REQUIRED_BOOST = 50

function applyKey(view: EditorView, key: KnownKey, place: Place, from: number, to: number): void {
  const isThere = /^\s*:/.test(view.state.sliceDoc(to, to + 3))
  const below = `\n${' '.repeat(place.indent + 2)}`
  const value = isThere ? '' : key.isMap && !place.isFlow ? `:${below}` : key.isList && !place.isFlow ? ': []' : ': '
  const insert = key.key + value
  const cursor = from + insert.length - (value === ': []' ? 1 : 0)
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: cursor },
    userEvent: 'input.complete',
    scrollIntoView: true,
  })
  // What follows a key is often one of a few values.
  if (!isThere) startCompletion(view)
}

function valueResult(known: Knowledge, place: Place, context: CompletionContext): CompletionResult | null {
  if (/[\s"']/.test(place.typed)) return null
  const names = namesAt(known, place.path)
  const values = known.schema === null ? [] : valuesAt(known.schema, place.path)
  const options: Completion[] = [
    ...names.map((name): Completion => ({ label: name })),
    ...values.map((value): Completion => ({ label: value })),
  ]
  if (options.length === 0 || (place.typed === '' && !context.explicit && names.length > MANY)) return null
  return { from: place.from, options, validFor: /^[\w.-]*$/ }
}

/** Names that are offered without being asked for. */
const MANY = 50

/** Names that the definition or the project holds, and that may stand at a path. */
function namesAt({ definition, workflows }: Knowledge, path: readonly (string | number)[]): readonly string[] {
  const [top, step, field, inner] = path
  if (top !== 'steps' || typeof step !== 'string') return []
  const steps = mapOf(mapOf(definition)['steps'])
  if (field === 'needs') return Object.keys(steps).filter((name) => name !== step)
  if (field === 'workflow') return workflows
  return field === 'cache' && inner === 'params' ? Object.keys(mapOf(mapOf(steps[step])['inputs'])) : []
}

/** What a key means, on hover. */
export function yamlHelp(know: () => Knowledge): Extension {
  return hoverTooltip((view, pos) => {
    const { schema } = know()
    const line = view.state.doc.lineAt(pos)
    const place = schema === null ? null : placeAt(view.state.doc, pos)
    if (schema === null || place === null || place.kind !== 'key') return null
    const start = line.from + (/[\w-]*$/.exec(line.text.slice(0, pos - line.from))?.index ?? 0)
    const word = /^[\w-]+/.exec(line.text.slice(start - line.from))?.[0] ?? ''
    const help = word === '' ? '' : helpAt(schema, [...place.path, word])
    if (help === '') return null
    return { pos: start, end: start + word.length, above: true, create: () => ({ dom: helpElement(word, help) }) }
  })
}

function helpElement(key: string, help: string): HTMLElement {
  const element = document.createElement('div')
  element.className = 'cm-help'
  const name = document.createElement('code')
  name.textContent = key
  element.append(name, document.createTextNode(` ${help}.`.replace(/([.!?])\.$/, '$1')))
  return element
}

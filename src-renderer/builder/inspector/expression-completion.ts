import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  pickedCompletion,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { FUNCTIONS, type Readable, typeInWords } from './readable.ts'

const OPEN = '${{'

/** The part of an expression that is being typed: where it starts, and where the expression does. */
export interface Typing {
  readonly from: number
  /** False: outside of an expression, behind `$` or `${`, so that the braces come with the value */
  readonly isInside: boolean
}

/** What is being typed before the cursor; null when it is no place for a value. */
export function typingAt(before: string, isBare: boolean): Typing | null {
  const open = before.lastIndexOf(OPEN)
  const isOpen = open >= 0 && before[open - 1] !== '$' && !before.slice(open).includes('}}')
  if (isOpen || (isBare && !before.includes(OPEN))) {
    const expression = isOpen ? before.slice(open + OPEN.length) : before
    if (isInString(expression)) return null
    const word = /[A-Za-z_][\w.]*$|$/.exec(expression)?.[0] ?? ''
    return { from: before.length - word.length, isInside: true }
  }
  const start = /(?<!\$)\$\{?$/.exec(before)
  return start === null || isBare ? null : { from: start.index, isInside: false }
}

function isInString(expression: string): boolean {
  let quote: string | null = null
  for (let i = 0; i < expression.length; i++) {
    const char = expression[i] ?? ''
    if (quote === null) quote = char === '"' || char === "'" ? char : null
    else if (char === '\\') i++
    else if (char === quote) quote = null
  }
  return quote !== null
}

/** What is written for a value that was chosen; it may have to be handed in first. */
export type Written = (one: Readable) => string

/** Completes what an expression can read. `readable` is asked at each time, because it changes while others are edited. */
export function expressionSource(
  readable: () => readonly Readable[],
  isBare: boolean,
  written: Written,
): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const before = context.state.sliceDoc(Math.max(0, context.pos - LOOK_BACK), context.pos)
    const typing = typingAt(before, isBare)
    if (typing === null) return null
    const from = context.pos - (before.length - typing.from)
    if (typing.isInside && from === context.pos && !context.explicit && !/[{.]\s*$/.test(before)) return null
    const values = readable().map((one, i) => valueCompletion(one, typing.isInside, -i, written))
    const functions = typing.isInside ? FUNCTIONS.map(functionCompletion) : []
    return { from, options: [...values, ...functions], validFor: typing.isInside ? /^[\w.]*$/ : /^\$\{?$/ }
  }
}

/** Characters before the cursor that are looked at: longer than any expression may be. */
const LOOK_BACK = 10_000

const SECTIONS = {
  Item: { name: 'Item', rank: 0 },
  'Inputs of this step': { name: 'Inputs of this step', rank: 1 },
  Parameters: { name: 'Parameters', rank: 2 },
  'Results of steps': { name: 'Results of steps', rank: 3 },
  Run: { name: 'Run', rank: 4 },
} as const

const FUNCTION_SECTION = { name: 'Functions', rank: 5 }

function valueCompletion(one: Readable, isInside: boolean, boost: number, written: Written): Completion {
  const detail = typeInWords(one)
  const completion: Completion = {
    label: one.text,
    ...(detail === '' ? {} : { detail }),
    section: SECTIONS[one.group],
    boost: Math.max(-90, boost),
    ...(one.help === '' ? {} : { info: one.help }),
  }
  if (isInside)
    return { ...completion, apply: (view, picked, from, to) => finish(view, written(one), from, to, picked) }
  // Typed behind a `$`: what is compared is the dollar, what is put in is the whole expression.
  return {
    ...completion,
    label: `$${'{'} ${one.text}`,
    displayLabel: one.text,
    apply: (view, picked, from, to) => insertAt(view, written(one), from, to, picked),
  }
}

/** Puts a name into the expression that is being typed, and closes the expression when it is open. */
function finish(view: EditorView, text: string, from: number, to: number, picked: Completion): void {
  const line = view.state.doc.lineAt(to)
  const before = view.state.sliceDoc(Math.max(0, from - LOOK_BACK), from)
  const rest = line.text.slice(to - line.from)
  const isOpen = before.lastIndexOf(OPEN) > before.lastIndexOf('}}') && !/^[^$]*\}\}/.test(rest)
  const insert = isOpen ? `${text} }}` : text
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length },
    annotations: pickedCompletion.of(picked),
    userEvent: 'input.complete',
    scrollIntoView: true,
  })
}

const functionCompletion = (one: (typeof FUNCTIONS)[number]): Completion => ({
  label: one.text,
  detail: one.detail,
  info: one.help,
  section: FUNCTION_SECTION,
  apply: (view, picked, from, to) =>
    view.dispatch({
      changes: { from, to, insert: `${one.text}()` },
      selection: { anchor: from + one.text.length + 1 },
      annotations: pickedCompletion.of(picked),
      userEvent: 'input.complete',
    }),
})

function insertAt(view: EditorView, text: string, from: number, to: number, picked?: Completion): void {
  const rest = /^\{*\s*\}{0,2}/.exec(view.state.sliceDoc(to, to + 8))?.[0] ?? ''
  // Brackets that were closed by themselves while the dollar and brace were typed are taken along.
  const end = view.state.sliceDoc(from, to).endsWith('{') ? to + rest.length : to
  const insert = `${OPEN} ${text} }}`
  view.dispatch({
    changes: { from, to: end, insert },
    selection: { anchor: from + insert.length },
    ...(picked === undefined ? {} : { annotations: pickedCompletion.of(picked) }),
    userEvent: 'input.complete',
    scrollIntoView: true,
  })
}

/** Behind what is written, with a space between. */
function endOf(view: EditorView): { from: number; to: number } {
  const { doc } = view.state
  if (doc.length > 0 && /\S/.test(doc.sliceString(doc.length - 1))) {
    view.dispatch({ changes: { from: doc.length, insert: ' ' }, userEvent: 'input.complete' })
  }
  const { length } = view.state.doc
  return { from: length, to: length }
}

/** Puts a value in at the cursor: inside an expression its name, elsewhere with the braces around it. */
export function insertValue(view: EditorView, text: string, isBare: boolean, at: 'cursor' | 'end' = 'cursor'): void {
  const { from, to } = at === 'end' ? endOf(view) : view.state.selection.main
  const typing = typingAt(view.state.sliceDoc(Math.max(0, from - LOOK_BACK), from), isBare)
  if (typing?.isInside === true || isBare) {
    view.dispatch({
      changes: { from, to, insert: text },
      selection: { anchor: from + text.length },
      userEvent: 'input.complete',
      scrollIntoView: true,
    })
  } else insertAt(view, text, from, to)
  view.focus()
}

/** Completion for a field. */
export const expressionCompletion = (
  readable: () => readonly Readable[],
  isBare: boolean,
  written: Written,
): Extension =>
  autocompletion({ override: [expressionSource(readable, isBare, written)], icons: false, activateOnTyping: true })

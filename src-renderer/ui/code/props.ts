import type { Extension } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import type { Language } from './languages.ts'

/** What the editors are told: apart from them, because they are loaded only when they are first shown. */

export interface CodeEditorProps {
  readonly value: string
  /** What was typed; not called for a `value` that came from outside */
  readonly onChange?: (value: string) => void
  /** Name for screen readers */
  readonly label: string
  readonly language?: Language
  readonly isReadOnly?: boolean
  /** Small, without line numbers; Tab goes on to the next field */
  readonly isField?: boolean
  readonly isSingleLine?: boolean
  readonly wraps?: boolean
  readonly placeholder?: string
  /** Off where somebody else counts the steps back, as the builder does */
  readonly keepsHistory?: boolean
  readonly autoFocus?: boolean
  /** Element that says what is wrong with the text */
  readonly errorId?: string
  /** Further abilities: completion, marks, keys. Memoise them. */
  readonly extensions?: Extension
  readonly onFocus?: () => void
  readonly onBlur?: () => void
  /** The editor when it is there, null when it goes */
  readonly onView?: (view: EditorView | null) => void
  readonly className?: string
}

export interface TextCompareProps {
  /** The older or other text, on the left; never changed */
  readonly before: string
  /** On the right */
  readonly after: string
  /** What the two sides are, for readers of the screen: "Yours", "Saved by somebody else" */
  readonly names: readonly [before: string, after: string]
  readonly language?: Language
  /** When given, the right side can be typed in, and arrows take parts over from the left */
  readonly onChange?: (after: string) => void
}

import type { Format, Output } from './output.ts'

/** Options that every command takes. */
export interface Globals {
  readonly engine?: string
  readonly data?: string
  readonly project: string
  readonly format: Format
  readonly quiet: boolean
}

/** What every command works with. */
export interface Context {
  readonly globals: Globals
  readonly output: Output
  /** The definition at hand: its faults are shown in its text */
  source: { readonly label: string; readonly text: string } | null
}

import type { JsonObject } from '../protocol.ts'
import type { Asset } from '../values/files.ts'

/** What a test answers in place of the world. */
export interface TestOptions {
  /** Answers of people, in the order in which they are asked; or a function that answers */
  readonly inputs?: readonly unknown[] | ((message: string, schema: JsonObject, key: string | undefined) => unknown)
  readonly secrets?: { readonly [name: string]: string }
  /** Functions in place of targets that are called by path, `module/target` */
  readonly targets?: { readonly [path: string]: (...args: never[]) => unknown }
  /** Functions in place of workflows that are called by name; they get the params */
  readonly workflows?: { readonly [name: string]: (params: never) => unknown }
}

export interface TestLog {
  readonly at: Date
  readonly step: string
  readonly level: string
  readonly text: string
  readonly fields: JsonObject | null
}

/** What was said while a test ran. */
export interface TestRecord {
  readonly logs: TestLog[]
  readonly metrics: {
    readonly step: string
    readonly name: string
    readonly value: number
    readonly x: number | null
  }[]
  readonly progress: {
    readonly step: string
    readonly done: number
    readonly total: number | null
    readonly text: string | null
  }[]
  readonly assets: Asset[]
}

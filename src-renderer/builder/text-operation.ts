import { type Edit, editDefinition } from '../../src-shared/definition/index.ts'
import { type Rename, renamed } from './rename.ts'

/** A change of the text that can be carried out here or in a worker. */
export type TextOperation =
  | { readonly kind: 'edits'; readonly edits: readonly Edit[] }
  | { readonly kind: 'rename'; readonly rename: Rename }
  | { readonly kind: 'text'; readonly source: string }

/** @throws Error when the text cannot be read */
export function operate(source: string, operation: TextOperation): string {
  switch (operation.kind) {
    case 'edits':
      return editDefinition(source, operation.edits)
    case 'rename':
      return renamed(source, operation.rename)
    case 'text':
      return operation.source
  }
}

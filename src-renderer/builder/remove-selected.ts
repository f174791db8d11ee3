import { say } from '../ui/say.ts'
import { disconnection } from './connect.ts'
import type { DocumentStore } from './document-types.ts'
import type { Shown, StepActions } from './use-steps.ts'

/** Takes away the selected steps, or the selected line; says where a line comes from that is part of a text. */
export function removeSelected(store: DocumentStore, { graph }: Shown, steps: StepActions): void {
  const { selection, definition, actions, isReadOnly } = store.getState()
  if (isReadOnly) return
  if (selection.kind === 'steps') steps.remove(selection.names)
  if (selection.kind !== 'edge') return
  const edge = graph.edges.find((one) => one.id === selection.id)
  if (edge === undefined) return
  const verdict = disconnection(definition, edge)
  if (!verdict.ok) say(verdict.sentence)
  else {
    actions.edit(verdict.label, verdict.edits)
    actions.select({ kind: 'workflow' })
  }
}

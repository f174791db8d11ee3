import { useReactFlow } from '@xyflow/react'
import { type ClipboardEvent, useMemo } from 'react'
import { say } from '../ui/say.ts'
import { useDocumentStore } from './document-context.tsx'
import type { StepActions } from './use-steps.ts'

/** Steps on the clipboard, as YAML: between windows, and to and from any editor. */
export function useClipboard(steps: StepActions) {
  const store = useDocumentStore()
  const { screenToFlowPosition } = useReactFlow()
  return useMemo(() => {
    const copy = (event: ClipboardEvent): readonly string[] => {
      const { selection } = store.getState()
      if (selection.kind !== 'steps' || isTyping(event.target)) return []
      event.clipboardData.setData('text/plain', steps.copy(selection.names))
      event.preventDefault()
      return selection.names
    }
    return {
      onCopy: (event: ClipboardEvent): void => void copy(event),
      onCut(event: ClipboardEvent): void {
        const names = copy(event)
        if (names.length > 0) steps.remove(names)
      },
      onPaste(event: ClipboardEvent): void {
        if (isTyping(event.target) || store.getState().isReadOnly) return
        event.preventDefault()
        const box = event.currentTarget.getBoundingClientRect()
        const middle = screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 })
        if (!steps.paste(event.clipboardData.getData('text/plain'), middle))
          say('There are no steps on the clipboard: copy some in Weir, or YAML that holds steps.')
      },
    }
  }, [store, steps, screenToFlowPosition])
}

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

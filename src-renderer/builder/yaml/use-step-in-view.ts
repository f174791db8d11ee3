import { EditorView } from '@codemirror/view'
import { useEffect } from 'react'
import { useDocument, useDocumentStore } from '../document-context.tsx'

/** Space above the step that was scrolled to, in pixels. */
const MARGIN = 24

/** Shows the step that was selected elsewhere, without taking the focus. */
export function useStepInView(view: EditorView | null): void {
  const store = useDocumentStore()
  const step = useDocument(({ selection }) =>
    selection.kind === 'steps' && selection.names.length === 1 ? (selection.names[0] ?? null) : null,
  )
  useEffect(() => {
    if (view === null || step === null || view.hasFocus) return
    const { parsed } = store.getState()
    const place = parsed.steps.find((one) => one.name === step)
    if (place === undefined || place.from > view.state.doc.length) return
    const isHere = view.state.selection.main.head >= place.from && view.state.selection.main.head <= place.to
    view.dispatch({
      ...(isHere ? {} : { selection: { anchor: place.from } }),
      ...(isInView(view, place.from)
        ? {}
        : { effects: EditorView.scrollIntoView(place.from, { y: 'start', yMargin: MARGIN }) }),
    })
  }, [view, step, store])
}

function isInView(view: EditorView, offset: number): boolean {
  const box = view.scrollDOM.getBoundingClientRect()
  const place = view.coordsAtPos(offset)
  return place !== null && place.top >= box.top && place.bottom <= box.bottom - MARGIN
}

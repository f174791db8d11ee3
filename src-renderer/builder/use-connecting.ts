import { type Connection, type FinalConnectionState, type OnConnectStartParams, useReactFlow } from '@xyflow/react'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Point } from '../graph/simple-layout.ts'
import { BODY_PORT_Y, IN, OUT } from '../graph/size.ts'
import { connection, type End, type Verdict } from './connect.ts'
import { useDocumentStore } from './document-context.tsx'
import type { Shown, StepActions } from './use-steps.ts'

/** A line that was let go where nothing is: what is picked now is connected with it. */
export interface Void {
  readonly from: End
  readonly screen: Point
  readonly flow: Point
}

export interface Sentence {
  readonly ok: boolean
  readonly text: string
}

/** Drawing lines: judged while they are dragged, and carried out when they are let go. */
export function useConnecting(shown: { readonly current: Shown }, steps: StepActions) {
  const store = useDocumentStore()
  const { screenToFlowPosition } = useReactFlow()
  const [sentence, setSentence] = useState<Sentence | null>(null)
  const [pulled, setPulled] = useState<Void | null>(null)
  const start = useRef<OnConnectStartParams | null>(null)

  const handlers = useMemo(() => {
    const judge = (source: End, target: End): Verdict =>
      connection(shown.current.graph, store.getState().definition, source, target)
    return {
      isValidConnection(
        link:
          | Connection
          | { source: string; target: string; sourceHandle?: string | null; targetHandle?: string | null },
      ) {
        const verdict = judge(endOf(link.source, link.sourceHandle), endOf(link.target, link.targetHandle))
        setSentence({ ok: verdict.ok, text: verdict.sentence })
        return verdict.ok
      },
      onConnectStart(_: MouseEvent | TouchEvent, params: OnConnectStartParams) {
        start.current = params
        setPulled(null)
        setSentence({ ok: true, text: 'Let go on a step or one of its inputs, or on free space to add a step.' })
      },
      onConnect(link: Connection) {
        steps.connect(endOf(link.source, link.sourceHandle), endOf(link.target, link.targetHandle))
      },
      onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState) {
        const begun = start.current
        start.current = null
        setSentence(null)
        if (begun?.nodeId == null || state.isValid === true) return
        const screen = pointOf(event)
        const from = endOf(begun.nodeId, begun.handleId)
        const node = nodeAt(screen)
        if (node !== null) {
          const other = { node, port: null }
          if (node === begun.nodeId) return
          if (begun.handleType === 'source') steps.connect(from, other)
          else steps.connect(other, from)
        } else if (begun.handleType === 'source') {
          const flow = screenToFlowPosition(screen)
          setPulled({ from, screen, flow: { x: flow.x, y: flow.y - BODY_PORT_Y } })
        }
      },
    }
  }, [store, shown, steps, screenToFlowPosition])

  const close = useCallback(() => setPulled(null), [])
  return { handlers, close, sentence, void: pulled }
}

/** Names of handles are those of size.ts: `in`, `out`, `in:year`, `out:stats`. */
function endOf(node: string, handle: string | null | undefined): End {
  const isBody = handle == null || handle === IN || handle === OUT
  return { node, port: isBody ? null : handle.slice(handle.indexOf(':') + 1) }
}

function pointOf(event: MouseEvent | TouchEvent): Point {
  if ('clientX' in event) return { x: event.clientX, y: event.clientY }
  const touch = event.changedTouches[0]
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 }
}

/** The step over which a line is let go: all of the node takes it, not only its dots. */
function nodeAt({ x, y }: Point): string | null {
  const element = document.elementFromPoint(x, y)?.closest('.react-flow__node')
  return element?.getAttribute('data-id') ?? null
}

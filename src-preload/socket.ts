import { ipcRenderer } from 'electron'
import type { BridgeSocket, BridgeSocketEvents } from '../src-shared/desktop/bridge.ts'
import { type FromSocket, SOCKET_CHANNEL, type ToSocket } from '../src-shared/desktop/channels.ts'

/** A port as pages have it; the types of this program are those of Node, whose ports differ. */
interface PagePort {
  onmessage: ((event: { readonly data: FromSocket }) => void) | null
  postMessage(message: ToSocket): void
  close(): void
}

/**
 * A WebSocket to the engine, held by the main process: its frames come on a port of their own. Every frame is reported as
 * taken once the screen has dealt with it, so that a screen that is slow slows the socket, and nothing piles up between.
 */
export function connectSocket(path: string, events: BridgeSocketEvents): BridgeSocket {
  const channel = new MessageChannel()
  const port = channel.port1 as unknown as PagePort
  const tell = (message: ToSocket): void => port.postMessage(message)
  let isClosed = false
  const closed = (): void => {
    if (isClosed) return
    isClosed = true
    port.close()
    events.close()
  }
  port.onmessage = ({ data }) => {
    if (isClosed) return
    if (data.type === 'open') events.open()
    else if (data.type === 'close') closed()
    else {
      try {
        events.message(data.data)
      } finally {
        tell({ type: 'taken', frames: 1 })
      }
    }
  }
  ipcRenderer.postMessage(SOCKET_CHANNEL, path, [channel.port2])
  return {
    send: (data) => tell({ type: 'send', data }),
    close: () => {
      if (isClosed) return
      tell({ type: 'close' })
      closed()
    },
  }
}

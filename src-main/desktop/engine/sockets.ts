import { ipcMain, type MessagePortMain } from 'electron'
import { z } from 'zod'
import { eventSocketPath } from '../../../src-shared/contract/events.ts'
import { type FromSocket, SOCKET_CHANNEL } from '../../../src-shared/desktop/channels.ts'
import { log } from '../log.ts'
import { isOurPage } from '../windows/senders.ts'
import { engineSocket } from './ask.ts'

/** Frames on their way to a screen at which reading from the engine pauses, and at which it goes on. */
const FULL = 64
const ROOM = 16
const HANDSHAKE_TIMEOUT_MS = 10_000
/** Longest frame of a screen; the engine takes no longer one either. */
const MAX_FRAME = 16 * 1024

const ToSocket = z.discriminatedUnion('type', [
  z.object({ type: z.literal('send'), data: z.string().max(MAX_FRAME) }),
  z.object({ type: z.literal('taken'), frames: z.int().min(1) }),
  z.object({ type: z.literal('close') }),
])

/** Carries the WebSockets of screens to the engine's socket: a page of a scheme of our own can open none itself. */
export function carrySockets(data: string): void {
  ipcMain.on(SOCKET_CHANNEL, (event, path: unknown) => {
    const [port] = event.ports
    if (port === undefined) return
    if (!isOurPage(event) || path !== eventSocketPath) {
      log(`a socket to ${String(path).slice(0, 100)} was refused`)
      close(port)
      return
    }
    carry(port, data).catch((error: unknown) => {
      log('a socket could not be carried', error)
      close(port)
    })
  })
}

async function carry(port: MessagePortMain, data: string): Promise<void> {
  const { WebSocket } = await import('ws')
  const socket = new WebSocket(`ws+unix://${engineSocket(data)}:${eventSocketPath}`, {
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    perMessageDeflate: false,
  })
  const tell = (message: FromSocket): void => port.postMessage(message)
  const waiting: string[] = []
  let underway = 0
  socket.once('open', () => {
    for (const text of waiting.splice(0)) socket.send(text)
    tell({ type: 'open' })
  })
  socket.on('message', (frame: Buffer) => {
    underway += 1
    if (underway >= FULL) socket.pause()
    tell({ type: 'message', data: frame.toString() })
  })
  socket.on('error', () => socket.terminate())
  socket.once('close', () => close(port))
  port.on('message', ({ data: raw }) => {
    const message = ToSocket.safeParse(raw).data
    if (message?.type === 'send') {
      if (socket.readyState === WebSocket.OPEN) socket.send(message.data)
      else if (socket.readyState === WebSocket.CONNECTING) waiting.push(message.data)
    } else if (message?.type === 'taken') {
      underway -= message.frames
      if (underway <= ROOM && socket.isPaused) socket.resume()
    } else socket.terminate()
  })
  // The page went elsewhere, was reloaded, or crashed.
  port.once('close', () => socket.terminate())
  port.start()
}

function close(port: MessagePortMain): void {
  const gone: FromSocket = { type: 'close' }
  port.postMessage(gone)
  port.close()
}

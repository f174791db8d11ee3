import { WebSocket } from 'ws'
import type { TestWorker } from './client.ts'

export interface Address {
  /** `http://127.0.0.1:7767`, or `ws+unix:/path/engine.sock:` */
  readonly base: string
  readonly project?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** For tests: connects a worker over a real WebSocket. Rejects with what the engine answered when it refuses. */
export async function connectOver(worker: TestWorker, { base, project = 'default', headers = {} }: Address) {
  const path = `/api/v1/projects/${encodeURIComponent(project)}/workers/connect`
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}${path}`, { headers })
  socket.on('message', (data: Buffer) => worker.receive(data.toString()))
  socket.on('close', (code, reason) => worker.ended(code, reason.toString()))
  worker.attach({
    send: (text) => socket.send(text),
    // Whoever breaks off says nothing: neither a code nor a close.
    close: (code) => (code === 1006 ? socket.terminate() : socket.close(code)),
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (text) => {
        body += String(text)
      })
      response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)))
    })
  })
  return socket
}

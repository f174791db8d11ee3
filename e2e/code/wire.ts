import { readFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { EngineProcess } from '../faults/engine-process.ts'

/** A wire to an engine that a test may cut, or leave hanging. */
export class Wire {
  readonly url: string
  readonly token: string
  private readonly server: Server
  private readonly open: Set<Socket>

  private constructor(server: Server, open: Set<Socket>, url: string, token: string) {
    this.server = server
    this.open = open
    this.url = url
    this.token = token
  }

  static async to(engine: EngineProcess): Promise<Wire> {
    const open = new Set<Socket>()
    const server = createServer((near) => {
      open.add(near)
      near.once('close', () => open.delete(near))
      near.once('error', () => near.destroy())
      passOn(near, join(engine.data, 'engine.sock'))
    })
    const path = join(engine.data, 'wire.sock')
    await new Promise<void>((resolve) => server.listen(path, resolve))
    const token = (await readFile(join(engine.data, 'token'), 'utf8')).trim()
    return new Wire(server, open, `unix:${path}`, token)
  }

  /** Ends all connections at once; bytes that are under way are gone. */
  cut(): number {
    const count = this.open.size
    for (const socket of this.open) socket.destroy()
    return count
  }

  /** Leaves all connections of now open, and passes nothing on: neither side is told. New ones are sound. */
  hang(): void {
    for (const socket of this.open) socket.emit('hang')
  }

  close(): void {
    this.cut()
    this.server.close()
  }
}

/** Passes bytes between a worker and the engine. */
function passOn(near: Socket, engine: string): void {
  const far = connect(engine)
  far.once('error', () => near.destroy())
  far.once('close', () => near.destroy())
  near.once('close', () => far.destroy())
  near.pipe(far)
  far.pipe(near)
  near.once('hang', () => {
    near.unpipe(far)
    far.unpipe(near)
    near.resume()
    far.resume()
    far.removeAllListeners('close')
  })
}

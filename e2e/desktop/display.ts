import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

export interface Display {
  /** For DISPLAY; null where the machine has a screen of its own */
  readonly name: string | null
  close(): void
}

const SCREEN = '1600x1000x24'

/** A virtual screen where the machine has none. */
export async function openDisplay(): Promise<Display> {
  if (process.platform !== 'linux' || process.env.DISPLAY) return { name: null, close: () => undefined }
  // The server picks a free number and writes it to the descriptor when it is ready.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await firstLine(server)
  return { name: `:${number}`, close: () => void server.kill('SIGTERM') }
}

function firstLine(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const pipe = server.stdio[3] as Readable
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.trim())
    })
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code ?? 'a signal'}`)))
  })
}

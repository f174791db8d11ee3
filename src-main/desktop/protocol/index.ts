import { protocol } from 'electron'
import { engineSocket } from '../engine/ask.ts'
import { HOST, SCHEME } from '../places.ts'
import { answerFromEngine } from './api.ts'
import { answerScreen } from './screens.ts'

const API = '/api/'

/** Before the app is ready: makes `app:` a scheme with an origin of its own, storage, fetch and streams. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        stream: true,
        corsEnabled: false,
        codeCache: true,
      },
    },
  ])
}

/** Serves `app://weir/`: the screens, and below `/api/` the engine of a data folder. */
export function serveScheme(data: string): void {
  protocol.handle(SCHEME, (call) => {
    const { host, pathname } = new URL(call.url)
    if (host !== HOST) return new Response('There is nothing here.', { status: 404 })
    if (pathname.startsWith(API)) return answerFromEngine(call, engineSocket(data))
    if (call.method === 'GET' || call.method === 'HEAD') return answerScreen(pathname)
    return new Response('Files can only be read.', { status: 405 })
  })
}

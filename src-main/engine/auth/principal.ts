import type { Permission } from '../../../src-shared/contract/index.ts'

/** Who calls. */
export interface Principal {
  readonly name: string
  readonly permissions: readonly Permission[]
  /** The session that it signed in with, if it did; `ended` aborts when it is signed out */
  readonly session?: { readonly id: number; readonly ended: AbortSignal }
}

/** What a caller brought along. */
export interface Credentials {
  /** Came through the engine's own socket, which only the owner of the data folder can open */
  readonly viaSocket: boolean
  /** Token of the Authorization header or of the WebSocket's subprotocol */
  readonly bearer: string | null
}

/** Who it is, or null when nobody: called for every request before anything else of it is read. */
export type Authenticate = (credentials: Credentials) => Principal | null | Promise<Principal | null>

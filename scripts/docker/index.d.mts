/** A dockerd that these scripts started, in a folder of its own. */
export interface Daemon {
  readonly host: string
  readonly pid: number
  readonly dir: string
  readonly bridge: string | null
}

export interface TestDocker {
  /** For DOCKER_HOST, e.g. `unix:///path` */
  readonly host: string
  /** Whether it was started here, and so ends with `stop()` */
  readonly started: boolean
  readonly daemon?: Daemon
  stop(): Promise<unknown>
}

export interface NoDocker {
  /** Why there is none, with the one command that helps */
  readonly skipped: string
}

export interface DockerOptions {
  /** Leave it running when this process ends */
  readonly keep?: boolean
  /** Start one in any case */
  readonly own?: boolean
  readonly network?: 'bridge' | 'none'
}

export const BUSYBOX_IMAGE: string
export const NODE_IMAGE: string
export function ensureDocker(options?: DockerOptions): Promise<TestDocker | NoDocker>
export function findDocker(): Promise<string | null>
export function ensureTestImage(host: string): Promise<string>
export function ensureNodeImage(host: string): Promise<string>
export function setUpTestDocker(): Promise<TestDocker | NoDocker>
export function startDaemon(options?: { network?: 'bridge' | 'none'; dir?: string }): Promise<Daemon>
/** Stops it as a reboot does: its folder stays, and `startDaemon({ dir })` brings it back. */
export function haltDaemon(daemon: Daemon, signal?: NodeJS.Signals): Promise<void>
export function stopDaemon(daemon: Daemon): Promise<void>

import { dockerAddress } from './address.ts'
import { DockerConnection } from './connection.ts'

export interface DockerStatus {
  readonly available: boolean
  /** Where it was looked for */
  readonly address: string
  /** Why it does not answer and what to do, in words; empty when it answers */
  readonly reason: string
}

/** Asks Docker once, for the doctor. `host` as in DOCKER_HOST; else DOCKER_HOST or the usual socket. */
export async function dockerStatus(host?: string): Promise<DockerStatus> {
  const connection = new DockerConnection(host, () => undefined)
  const reason = await connection.check()
  await connection.close()
  return { available: reason === null, address: dockerAddress(host).name, reason: reason ?? '' }
}

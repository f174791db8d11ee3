import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { DockerApi } from './api.ts'

/** Exit code of what was ended by SIGKILL, which a forced removal begins with. */
const KILLED = 137
/** How long a removal by force takes at most from the kill to the end of the container, in ms. */
const REMOVAL_MS = 500

/** Whether a container that was killed, and not by us or for memory, is going away under our eyes. */
export async function isBeingRemoved(
  api: DockerApi,
  { Id, State }: Docker.ContainerInspectInfo,
  stop: AbortSignal,
): Promise<boolean> {
  if (State.ExitCode !== KILLED || State.OOMKilled) return false
  await delay(REMOVAL_MS, undefined, { signal: stop })
  const state = (await api.inspect(Id))?.State
  return state === undefined || state.Dead
}

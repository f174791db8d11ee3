import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { DockerApi } from './api.ts'

/** Exit code of what was ended by SIGKILL, which a forced removal begins with. */
const KILLED = 137
/** How long a removal by force takes at most from the kill to the end of the container, in ms. */
const REMOVAL_MS = 500

type State = Docker.ContainerInspectInfo['State']

const isGone = (state: State | undefined): boolean =>
  state === undefined || state.Dead || String(state.Status) === 'removing'

/** Whether a container is gone, or goes within a moment: while it is being removed, Docker refuses calls about it. */
export async function isGoing(api: DockerApi, id: string, stop: AbortSignal): Promise<boolean> {
  if (isGone((await api.inspect(id))?.State)) return true
  await delay(REMOVAL_MS, undefined, { signal: stop })
  return isGone((await api.inspect(id))?.State)
}

/** Whether a container that has ended was killed as the first half of its removal, and not for memory. */
export async function isBeingRemoved(
  api: DockerApi,
  { Id, State }: Docker.ContainerInspectInfo,
  stop: AbortSignal,
): Promise<boolean> {
  if (isGone(State)) return true
  return State.ExitCode === KILLED && !State.OOMKilled && (await isGoing(api, Id, stop))
}

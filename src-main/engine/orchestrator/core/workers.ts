import type { WorkerOffer } from '../../executors/index.ts'
import type { RunState, State, Unit, WorkerState } from './state.ts'
import { targetPath, unitKey } from './units.ts'
import { nameOfWorkspace } from './workspaces.ts'

/** The workspace that `weir worker start` means when none is named. */
const MAIN = 'main'

/** The worker that takes a unit: the one with the most room. Null when there is none; see {@link whyNoWorker}. */
export function chooseWorker(state: State, unit: Unit): string | null {
  const { step } = unit
  const isShared = step.rules?.isolation === 'shared'
  let best: string | null = null
  let most = 0
  for (const [name, worker] of state.workers) {
    if (!mayTake(worker, unit)) continue
    const room = isShared ? worker.offer.shared - worker.shared : worker.offer.concurrency - worker.used
    if (room > most) {
      best = name
      most = room
    }
  }
  return best
}

const isThere = ({ offer }: WorkerState): boolean => offer.connected && !offer.draining

function mayTake(worker: WorkerState, unit: Unit): boolean {
  const { offer } = worker
  const { target, rules } = unit.step
  if (target == null || !isThere(worker) || offer.workspace !== unit.workspace) return false
  if (!hasVersion(offer, target.module, target.version)) return false
  return (rules?.requires ?? []).every((tag) => offer.tags.includes(tag))
}

const hasVersion = ({ hosts, earlier }: WorkerOffer, module: string, version: number | null): boolean =>
  version !== null && (hosts[module] === version || earlier[module]?.includes(version) === true)

/** Whether a version of a module may still be asked for: a run that has not ended is pinned to it. */
export function isVersionNeeded(state: State, module: string, version: number): boolean {
  for (const run of state.runs.values()) {
    if (run.finished !== null) continue
    if (run.modules.get(module) === version || names(run, module, version)) return true
  }
  return false
}

/** A step that was run again with newer code has a version of its own; one that did not begin yet may name one. */
function names({ steps, variants }: RunState, module: string, version: number): boolean {
  const isIt = ({ target }: Unit['step']): boolean => target?.module === module && target.version === version
  const asks = ({ phase, step, fanOut }: Unit): boolean =>
    phase !== 'done' && (isIt(step) || fanOut?.units.some(asks) === true)
  return variants.some(isIt) || [...steps.values()].some(asks)
}

/** The command that starts a worker of a module, which is found by its name where its file lies. */
export function startWorker(state: State, module: string, workspace: string): string {
  const name = nameOfWorkspace(state, workspace)
  return `weir worker start ${module}${name === MAIN ? '' : ` --workspace ${name}`}`
}

/** In words, why no worker takes a unit. */
export function whyNoWorker(state: State, unit: Unit): string {
  const { target, rules } = unit.step
  const workspace = nameOfWorkspace(state, unit.workspace)
  const path = targetPath(unit.step)
  const all = [...state.workers.values()]
  const here = all.filter(
    ({ offer }) => offer.workspace === unit.workspace && offer.hosts[target?.module ?? ''] !== undefined,
  )
  if (here.length === 0) {
    const elsewhere = all.find(({ offer }) => offer.hosts[target?.module ?? ''] !== undefined)
    const where = elsewhere === undefined ? '' : ` (one of ${nameOfWorkspace(state, elsewhere.offer.workspace)} does)`
    const command = startWorker(state, target?.module ?? '', unit.workspace)
    return `no worker of workspace ${workspace} hosts ${target?.module}${where}; start one with "${command}"`
  }
  const same = here.filter(({ offer }) => hasVersion(offer, target?.module ?? '', target?.version ?? null))
  if (same.length === 0) {
    const versions = [...new Set(here.map(({ offer }) => offer.hosts[target?.module ?? '']))].join(', ')
    return `version ${target?.version} of ${target?.module} is hosted by no worker any more; those that are there have version ${versions}: ${wayOut(unit)}`
  }
  const missing = (rules?.requires ?? []).filter((tag) => !same.some(({ offer }) => offer.tags.includes(tag)))
  if (missing.length > 0) return `no worker of ${path} offers ${missing.join(', ')}`
  const there = same.filter(isThere)
  if (there.length === 0) return `the workers of ${path} have lost their connection or take no more work`
  const fit = there.filter(({ offer }) => (rules?.requires ?? []).every((tag) => offer.tags.includes(tag)))
  if (fit.length === 0) return `no worker of ${path} offers ${(rules?.requires ?? []).join(' and ')} together`
  if (rules?.isolation === 'shared' && fit.every(({ offer }) => offer.shared === 0)) {
    return `no worker of ${path} runs functions with isolation "shared"`
  }
  return `${fit.length === 1 ? 'its worker is' : `all ${fit.length} workers of it are`} busy`
}

/** A call is bound anew when a person runs it again; a step of the plan keeps its version. */
const wayOut = (unit: Unit): string =>
  unit.call === null
    ? 'cancel the run, and start the workflow anew to take the newest'
    : `run ${unitKey(unit)} again to take the newest, or cancel the run`

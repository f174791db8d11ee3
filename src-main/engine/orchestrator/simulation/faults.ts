import {
  apply,
  type Command,
  chainOf,
  currentExecution,
  type Event,
  findUnit,
  freshKey,
  handle,
  place,
  type RunState,
  recover,
  type State,
  type Unit,
  unitsOf,
} from '../core/index.ts'
import type { Oracle } from './broken.ts'
import { HONEST, type Rig } from './rig.ts'
import type { Feature } from './scenario.ts'

/** An engine that is wrong in one way, and what must notice it. */
export interface Fault {
  readonly name: string
  readonly rig: Rig
  /** More than one where the order of things decides which promise breaks first */
  readonly noticedBy: readonly Oracle[]
  /** What its schedules contain, when that is not left to chance */
  readonly features?: readonly Feature[]
}

type Handle = typeof handle

const fault = (name: string, noticedBy: readonly Oracle[], wrong: Partial<Rig>): Fault => ({
  name,
  noticedBy,
  rig: { ...HONEST, ...wrong },
})

/** The real `handle`, with something done before and after it. */
const around =
  (before: (state: State, command: Command) => () => void): Handle =>
  (state, command, now) => {
    const after = before(state, command)
    const events = handle(state, command, now)
    after()
    return events
  }

/** The real `handle`, given another command. */
const instead =
  (change: (command: Command, state: State) => Command): Handle =>
  (state, command, now) =>
    handle(state, change(command, state), now)

/** The real `handle`, whose events are written down wrongly. */
const miswritten =
  (change: (events: Event[]) => Event[]): Handle =>
  (state, command, now) =>
    change(handle(state, command, now))

const units = (state: State): Unit[] => [...state.runs.values()].flatMap((run) => [...unitsOf(run)])

export const FAULTS: readonly Fault[] = [
  fault('an event is missing from the journal', ['replay'], {
    handle: miswritten((events) => events.filter(({ type }) => type !== 'execution.started')),
  }),
  fault('an end is written down twice', ['result'], {
    handle: miswritten((events) => [...events, ...events.filter(({ type }) => type === 'execution.finished')]),
  }),
  fault('an order is carried out twice', ['start'], {
    effects: (effects) => [...effects, ...effects.filter(({ type }) => type === 'start')],
  }),
  fault('work starts before its order is committed', ['start'], { order: ['perform', 'commit', 'answer'] }),
  fault('callers are answered before the commit', ['answer'], { order: ['answer', 'commit', 'perform'] }),
  fault('an order to end is not carried out', ['rest'], {
    effects: (effects) => effects.filter(({ type }) => type !== 'kill'),
  }),
  fault('nothing is taken back after a restart', ['rest'], {
    recover: (state, now) => {
      const events = recover(state, now)
      state.effects = state.effects.filter(({ type }) => type !== 'adopt')
      return events
    },
  }),
  fault('a restart orders anew what still runs', ['result'], {
    recover: (state, now) => {
      const lost = [...state.executions.keys()].flatMap((token) =>
        handle(state, { type: 'execution.lost', token, reason: 'the engine was restarted' }, now),
      )
      return [...lost, ...recover(state, now)]
    },
  }),
  fault('resources are not given back', ['invariants'], {
    handle: around((state, command) => () => {
      if (command.type === 'execution.finished') state.used.cpus += 1
    }),
  }),
  fault('timers of retries and pauses are lost', ['rest'], { prepare: (state) => dropTimers(state, 'wake') }),
  fault('timers of time limits are lost', ['rest'], { prepare: (state) => dropTimers(state, 'timeout') }),
  fault('a stale token is accepted', ['result'], {
    handle: instead((command, state) => {
      if (command.type !== 'execution.finished' || state.executions.has(command.token)) return command
      const [run] = command.token.split('/')
      const other = [...state.executions.values()].find(({ unit }) => unit.run.id === run)
      return other === undefined ? command : { ...command, token: other.execution.token }
    }),
  }),
  fault('a result is dropped', ['rest'], {
    handle: instead((command) => (command.type === 'execution.finished' ? { type: 'tick' } : command)),
  }),
  fault('a cancelled attempt counts as succeeded', ['result'], {
    handle: instead((command) =>
      command.type === 'execution.finished' && command.status === 'cancelled'
        ? { ...command, status: 'succeeded', outputs: { json: {} } }
        : command,
    ),
  }),
  fault('a step whose needs have ended is not asked', ['invariants'], {
    prepare: (state) => dropFollowUps(state, (next) => !('steps' in next) && next.run.startedAt !== null),
  }),
  fault('a run whose steps have ended is not asked', ['rest'], {
    prepare: (state) => dropFollowUps(state, (next) => 'steps' in next),
  }),
  fault('children of a cancelled run are left alone', ['outcome'], { handle: abandonChildren }),
  fault('maxParallel is forgotten', ['limits'], { handle: around(forgetParallel) }),
  fault('concurrency keys are forgotten', ['limits'], { handle: around(forgetKeys) }),
  fault('the machine is lent twice', ['limits', 'invariants'], { handle: around((state) => scaleCapacity(state, 2)) }),
  fault('a part of the machine is never used', ['idle', 'outcome', 'rest'], {
    handle: around((state) => scaleCapacity(state, 0.99)),
  }),
  fault('a cached result crosses workspaces', ['cache'], { handle: around(shareFresh) }),
  fault('a result of an ancestor goes before an own one', ['cache'], {
    handle: instead(farther),
  }),
  fault('pauses of workspaces are forgotten', ['limits', 'idle'], { handle: around(forgetPauses) }),
  fault('the workspace of a re-run is not written down', ['order', 'replay'], {
    handle: miswritten((events) =>
      events.map((event) => {
        if (event.type !== 'run.reopened') return event
        const { workspace: _, ...rest } = event
        return rest
      }),
    ),
  }),
  fault('a request that is repeated makes its calls again', ['calls'], {
    handle: around((state, command) => {
      const calls = command.type === 'step.call' ? state.executions.get(command.token)?.execution.calls : null
      if (command.type === 'step.call') calls?.delete(command.request)
      return () => undefined
    }),
  }),
  fault('an attempt does not find the calls of the one before it', ['calls', 'replay'], {
    handle: around((state, command) => {
      const held = command.type === 'step.call' ? state.executions.get(command.token) : undefined
      if (held !== undefined) held.execution.inherited = null
      return () => undefined
    }),
  }),
  fault('the results that a call is given are not waited for', ['calls'], {
    handle: instead((command) =>
      command.type === 'step.call'
        ? { ...command, calls: command.calls.map((one) => ({ ...one, refs: [] })) }
        : command,
    ),
  }),
  fault('what is suspended goes on whatever it waits for', ['result'], {
    handle: instead((command) => (command.type === 'execution.suspended' ? { ...command, steps: [] } : command)),
  }),
  fault('what a failed caller called goes on', ['cancel'], { handle: around(hideCalls) }),
  {
    ...fault('what another caller needs is ended', ['cancel'], { handle: around(hideLinks) }),
    features: ['code', 'memos', 'failures', 'fanOut'],
  },
  {
    ...fault('memoised calls are found in any workspace', ['calls'], { handle: around(flatten) }),
    features: ['code', 'memos', 'workspaces', 'singles', 'fanOut'],
  },
  fault('places at workers are lent twice', ['limits'], { handle: around(lendTwice) }),
  fault('a call that is replaced runs as well', ['calls', 'replay'], {
    handle: miswritten((events) => events.filter(({ type }) => type !== 'step.deferred')),
  }),
  {
    ...fault('an ended run is replayed among the living', ['invariants', 'replay', 'rest'], {
      restore: (state, plan, events) => {
        state.plans.set(plan.digest, plan)
        for (const event of events) apply(state, event)
        state.effects = []
        state.followUps = []
      },
    }),
    features: ['caches', 'reopens', 'fanOut'],
  },
]

/** While an attempt ends, nobody knows what it had called. */
function hideCalls(state: State, command: Command): () => void {
  const held = command.type === 'execution.finished' ? state.executions.get(command.token) : undefined
  if (held === undefined) return () => undefined
  const { unit } = held
  const before = unit.executions.map((execution) => ({ execution, calls: execution.calls }))
  for (const { execution } of before) execution.calls = null
  return () => {
    for (const { execution, calls } of before) execution.calls = calls
  }
}

/** While an attempt ends, nobody knows that its calls were given to others. */
function hideLinks(state: State, command: Command): () => void {
  if (command.type !== 'execution.finished') return () => undefined
  const before = units(state).flatMap(({ call }) =>
    call === null ? [] : [{ links: call.links, kept: [...call.links] }],
  )
  for (const { links } of before) links.length = 0
  return () => {
    for (const { links, kept } of before) links.push(...kept)
  }
}

/** Every workspace sees every other one. */
function flatten(state: State, command: Command): () => void {
  if (command.type !== 'step.call') return () => undefined
  const told = state.workspaces
  const ids = [...told.keys()]
  const caller = state.executions.get(command.token)?.unit.workspace ?? ''
  const line = [caller, ...ids.filter((id) => id !== caller)]
  state.workspaces = new Map(
    line.flatMap((id, index) => {
      const one = told.get(id)
      return one === undefined ? [] : [[id, { ...one, base: line[index + 1] ?? null }]]
    }),
  )
  return () => {
    state.workspaces = told
  }
}

function lendTwice(state: State): () => void {
  const before = [...state.workers]
  const doubled = new Map(
    before.map(([name, worker]) => {
      const { concurrency, shared } = worker.offer
      return [name, { ...worker, offer: { ...worker.offer, concurrency: 2 * concurrency, shared: 2 * shared } }]
    }),
  )
  for (const [name, worker] of doubled) state.workers.set(name, worker)
  return () => {
    for (const [name, worker] of before) {
      const now = state.workers.get(name)
      if (now !== undefined && now === doubled.get(name)) state.workers.set(name, { ...now, offer: worker.offer })
    }
  }
}

function dropTimers(state: State, kind: 'wake' | 'timeout'): void {
  const { timers } = state
  const add = timers.add.bind(timers)
  timers.add = (timer) => {
    if (timer.kind !== kind) add(timer)
  }
}

function dropFollowUps(state: State, drop: (next: Unit | RunState) => boolean): void {
  const watched = (): (Unit | RunState)[] => {
    const list: (Unit | RunState)[] = []
    list.push = (...more) => {
      for (const next of more) if (!drop(next)) list[list.length] = next
      return list.length
    }
    return list
  }
  let list = watched()
  Object.defineProperty(state, 'followUps', {
    get: () => list,
    set: () => {
      list = watched()
    },
  })
}

function abandonChildren(state: State, command: Command, now: number): Event[] {
  const events: Event[] = []
  const run = command.type === 'run.cancel' ? state.runs.get(command.run) : undefined
  for (const unit of run === undefined ? [] : [...unitsOf(run)]) {
    if (unit.phase !== 'child') continue
    const event: Event = { type: 'step.finished', ...place(unit), at: now, status: 'cancelled' }
    apply(state, event)
    events.push(event)
  }
  return [...events, ...handle(state, command, now)]
}

function forgetParallel(state: State): () => void {
  for (const { fanOut } of units(state)) if (fanOut !== null) fanOut.active = 0
  return () => {
    for (const { fanOut } of units(state)) {
      if (fanOut !== null) fanOut.active = fanOut.units.filter((item) => currentExecution(item) !== undefined).length
    }
  }
}

function forgetKeys(state: State): () => void {
  state.concurrency.clear()
  return () => {
    state.concurrency.clear()
    for (const { unit } of state.executions.values()) {
      const key = unit.resolved?.concurrencyKey ?? null
      if (key !== null) state.concurrency.set(key, (state.concurrency.get(key) ?? 0) + 1)
    }
  }
}

function scaleCapacity(state: State, factor: number): () => void {
  const { capacity } = state
  state.capacity = { ...capacity, cpus: capacity.cpus * factor }
  return () => {
    state.capacity = capacity
  }
}

function shareFresh(state: State, command: Command): () => void {
  const workspace = command.type === 'unit.resolved' ? state.runs.get(command.run)?.workspace : undefined
  if (workspace === undefined) return () => undefined
  for (const [at, result] of [...state.fresh]) {
    const key = at.slice(result.workspace.length)
    if (!state.fresh.has(workspace + key)) state.fresh.set(workspace + key, { ...result, workspace })
  }
  return () => undefined
}

/** Pauses that are heard, and not kept to. */
function forgetPauses(state: State): () => void {
  const told = state.workspaces
  const awake = new Map([...told].map(([id, workspace]) => [id, { ...workspace, paused: false }]))
  state.workspaces = awake
  return () => {
    if (state.workspaces === awake) state.workspaces = told
  }
}

/** Takes a result of an ancestor where a nearer workspace has one. */
function farther(command: Command, state: State): Command {
  if (command.type !== 'unit.resolved' || command.outcome.type !== 'run') return command
  const { hit, resolved } = command.outcome
  const unit = findUnit(state, command.run, command.step, command.index)
  if (hit === null || resolved.cache === null || unit === undefined) return command
  const { key } = resolved.cache
  const chain = chainOf(state, unit.workspace)
  for (const workspace of chain.slice(chain.indexOf(hit.workspace) + 1)) {
    const other = state.fresh.get(freshKey(workspace, key))
    if (other === undefined) continue
    state.fresh.delete(freshKey(hit.workspace, key))
    return { ...command, outcome: { ...command.outcome, hit: other } }
  }
  return command
}

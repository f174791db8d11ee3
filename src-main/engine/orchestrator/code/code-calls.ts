import { ProblemError } from '../../../../src-shared/contract/index.ts'
import type { Call, StepEnd } from '../../../../src-shared/contract/worker-protocol.ts'
import { type CodeCalls, InOrder } from '../../executors/index.ts'
import type { Targets } from '../../targets/index.ts'
import {
  type CallRequest,
  type Command,
  type ExecutionState,
  findUnit,
  isVersionNeeded,
  place,
  type State,
  startWorker,
  type Unit,
  unitKey,
} from '../core/index.ts'
import { parseKey } from '../parse-key.ts'
import type { Secrets } from '../secrets.ts'
import type { Values } from '../values.ts'
import { all } from './all.ts'
import { inputRequest, type Registered, targetRequest, workflowRequest } from './request.ts'
import { stepEnd } from './step-end.ts'
import type { Waiters } from './waiters.ts'

/** Calls between a step and the plan's step that it comes from: each waits in a process of its own. */
const DEPTH_LIMIT = 100
/** Calls of one run, as many as a fan-out may have items. */
const CALLS_LIMIT = 100_000

/** What is asked of the orchestrator. */
interface Turns {
  readonly state: State
  readonly targets: Targets
  readonly waiters: Waiters
  post(command: Command): Promise<void>
  tell(command: Command): void
  settled(): Promise<void>
}

/** Modules that are kept at hand: a run of 10,000 calls asks for the same one each time. */
const KEPT = 100

interface Parts {
  /** Registered versions, by `module@version` */
  readonly cached: Map<string, Registered>
  /** Calls of executions that are being made ready, by token: steps are numbered in the order of the calls */
  readonly orders: Map<string, InOrder>
  readonly orchestrator: Turns
  readonly values: Values
  readonly secrets: Secrets
}

/** What code that runs asks of its project: answers are given when they are on disk. */
export function createCodeCalls(given: Omit<Parts, 'cached' | 'orders'>): CodeCalls {
  const parts: Parts = { ...given, cached: new Map(), orders: new Map() }
  const { orchestrator, values } = parts
  const { state } = orchestrator
  return {
    owner: (token) => state.executions.get(token)?.execution.worker ?? null,
    submit: (token, id, calls) => submit(parts, token, id, calls),
    select: (token, steps, mode, timeoutMs, cancelRemaining) =>
      select(parts, token, { steps, mode, timeoutMs, cancelRemaining }),

    async cancel(token, steps) {
      const { unit } = held(parts, token)
      await cancelAll(parts, unit, stepsOf(parts, unit, steps))
    },

    async secret(token, name) {
      const { unit } = held(parts, token)
      const secrets = unit.run.secrets.includes(name) ? await parts.secrets.read(unit.run.id) : {}
      const value = secrets[name]
      if (value !== undefined) return value
      throw new ProblemError('secret_not_found', `this run has no secret named ${name}`, {
        fix: `give the workflow a parameter ${name} of type secret, and its value when the run is started`,
      })
    },

    async assets(token, assets) {
      held(parts, token)
      const record = Object.fromEntries(assets.map(({ name, value }) => [name, value]))
      await orchestrator.post({ type: 'execution.assets', token, assets: await values.refer(record) })
    },

    declare: (workspace, manifests, register) => orchestrator.targets.declare(workspace, manifests, register),

    needs: (module, version) => isVersionNeeded(state, module, version),

    workspace(name) {
      const found = [...state.workspaces.values()].find((one) => one.name === name)
      if (found === undefined) {
        throw new ProblemError('workspace_not_found', `there is no workspace ${name}`, {
          fix: `make it with: weir workspace create ${name}`,
        })
      }
      if (found.archived === true) throw new ProblemError('workspace_archived', `the workspace ${name} is archived`)
      return found.id
    },
  }
}

function held({ orchestrator }: Parts, token: string): { unit: Unit; execution: ExecutionState } {
  const found = orchestrator.state.executions.get(token)
  if (found !== undefined) return found
  throw new ProblemError('execution_over', 'this execution has ended: it was cancelled, timed out or given up')
}

async function submit(parts: Parts, token: string, id: number, calls: readonly Call[]): Promise<string[]> {
  const { orchestrator } = parts
  const { unit, execution } = held(parts, token)
  const before = execution.calls?.get(id)
  if (before !== undefined) return before.map(unitKey)
  if (calls.length === 0) return []
  refuse(unit, calls.length)
  const made = calls.map((call) => requestOf(parts, unit, call))
  const requests = await inOrder(parts, token, all(made))
  for (const { refs } of requests) for (const key of refs) stepsOf(parts, unit, [key])
  await orchestrator.post({ type: 'step.call', token, request: id, calls: requests })
  const units = execution.calls?.get(id)
  if (units !== undefined) return units.map(unitKey)
  held(parts, token)
  throw new ProblemError('execution_over', 'this execution is being ended: it was cancelled, timed out or run again')
}

/** Made ready, after all calls that the execution made before. */
async function inOrder<T>({ orders }: Parts, token: string, made: T | Promise<T>): Promise<T> {
  const order = orders.get(token) ?? new InOrder()
  orders.set(token, order)
  try {
    return await order.after(made)
  } finally {
    if (order.isIdle) orders.delete(token)
  }
}

function refuse({ run, step, call }: Unit, more: number): void {
  if (step.rules?.isolation === 'shared') {
    throw new ProblemError('call_invalid', `${step.name} has isolation "shared": it may call nothing`, {
      fix: 'take isolation "process" for functions that call others',
    })
  }
  if ((call?.depth ?? 0) >= DEPTH_LIMIT) {
    throw new ProblemError('call_limit', `calls are nested ${DEPTH_LIMIT} deep, which is the limit`, {
      fix: 'end the recursion with a condition, or call fewer levels with larger parts',
    })
  }
  if (run.calls + more > CALLS_LIMIT) {
    throw new ProblemError('call_limit', `the run would have more than ${CALLS_LIMIT} calls, which is the limit`, {
      fix: 'let one call do more, or start workflows of their own for parts of the work',
    })
  }
}

function requestOf(parts: Parts, unit: Unit, call: Call): CallRequest | Promise<CallRequest> {
  const { values } = parts
  if ('workflow' in call) return workflowRequest(values, call)
  if ('input' in call) return inputRequest(values, call)
  const module = moduleOf(parts, unit, call.target.slice(0, call.target.indexOf('/')))
  if (module instanceof Promise) return module.then((found) => targetRequest(values, unit, call, found))
  return targetRequest(values, unit, call, module)
}

/** The version of a module that a run uses: the one that it began with, or the newest of the workspace. */
function moduleOf(
  { orchestrator, cached }: Parts,
  { run, step, workspace }: Unit,
  module: string,
): Registered | Promise<Registered> {
  // What was run again with newer code calls the functions beside it in the same version.
  const pinned = (step.target?.module === module ? step.target.version : null) ?? run.modules.get(module)
  const known = pinned === undefined ? undefined : cached.get(`${module}@${pinned}`)
  if (known !== undefined) return known
  const asked =
    pinned === undefined ? orchestrator.targets.newest(workspace, module) : orchestrator.targets.version(module, pinned)
  return asked.then((found) => {
    if (found !== null) {
      if (cached.size >= KEPT) cached.clear()
      cached.set(`${module}@${found.version}`, found)
      return found
    }
    throw new ProblemError('target_not_found', `no worker has registered a module ${module} here`, {
      fix: `start one that hosts it: ${startWorker(orchestrator.state, module, workspace)}`,
    })
  })
}

interface Selection {
  readonly steps: readonly string[]
  readonly mode: 'any' | 'all'
  readonly timeoutMs: number | null
  readonly cancelRemaining: boolean
}

async function select(
  parts: Parts,
  token: string,
  { steps, mode, timeoutMs, cancelRemaining }: Selection,
): Promise<{ steps: StepEnd[]; timedOut: boolean }> {
  const { orchestrator, values } = parts
  const { unit } = held(parts, token)
  const units = stepsOf(parts, unit, steps)
  await orchestrator.settled()
  let timedOut = false
  if (!isOver(units, mode)) {
    timedOut = timeoutMs === 0
    if (!timedOut) {
      orchestrator.tell({ type: 'execution.waiting', token, waiting: true })
      timedOut = !(await orchestrator.waiters.wait(token, units, mode, timeoutMs))
      orchestrator.tell({ type: 'execution.waiting', token, waiting: false })
    }
  }
  if (cancelRemaining) await cancelAll(parts, unit, units)
  return { steps: await all(units.map((one) => stepEnd(values, one))), timedOut }
}

const isOver = (units: readonly Unit[], mode: 'any' | 'all'): boolean =>
  units.length === 0 || (mode === 'all' ? units.every(isDone) : units.some(isDone))

const isDone = (unit: Unit): boolean => unit.phase === 'done'

async function cancelAll({ orchestrator }: Parts, by: Unit, units: readonly Unit[]): Promise<void> {
  const open = units.filter((unit) => !isDone(unit))
  if (open.length > 0) await orchestrator.post({ type: 'step.cancel', units: open.map(place), by: unitKey(by) })
}

/** The units of a run that keys name; only what was called can be waited for or cancelled. */
function stepsOf({ orchestrator }: Parts, { run }: Unit, keys: readonly string[]): Unit[] {
  return keys.map((key) => {
    const { step, index } = parseKey(key)
    const unit = findUnit(orchestrator.state, run.id, step, index)
    if (unit?.call != null) return unit
    throw new ProblemError('step_not_found', `run ${run.id} has no call ${key}`)
  })
}

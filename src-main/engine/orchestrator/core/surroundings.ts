import type { WorkerOffer } from '../../executors/index.ts'
import type { Command } from './commands.ts'
import { bookedAt } from './ledger.ts'
import type { State } from './state.ts'

/** What may let a queued unit go. */
export function surroundingsChanged(
  state: State,
  command: Extract<Command, { type: 'worker' | 'executor.availability' | 'capacity' | 'room' | 'workspaces' }>,
): void {
  state.stirred = true
  switch (command.type) {
    case 'worker':
      return workerChanged(state, command.worker, command.offer)
    case 'executor.availability':
      if (command.available) state.unavailable.delete(command.executor)
      else state.unavailable.set(command.executor, command.reason)
      return
    case 'capacity':
      state.capacity = command.capacity
      return
    case 'room':
      return
    case 'workspaces':
      state.workspaces = new Map(command.workspaces.map((workspace) => [workspace.id, workspace]))
      return
  }
}

function workerChanged(state: State, worker: string, offer: WorkerOffer | null): void {
  if (offer === null) return void state.workers.delete(worker)
  const before = state.workers.get(worker) ?? bookedAt(state, worker)
  state.workers.set(worker, { offer, used: before.used, shared: before.shared })
}

import { modals } from '@mantine/modals'
import { type Pool, poolRoutes, type Worker, workerRoutes } from '../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, queryClient } from '../api/index.ts'
import { confirm } from '../ui/Confirm.tsx'
import { plural } from '../ui/format.ts'
import { say, sayFailed } from '../ui/say.ts'
import { PoolLog } from './PoolLog.tsx'

const ofWorker = ({ id }: Worker) => ({ params: { project: PROJECT, worker: id } })
const ofPool = ({ name }: Pool) => ({ params: { project: PROJECT, pool: name } })
const refresh = async (): Promise<void> => {
  await Promise.all(
    [workerRoutes.list, poolRoutes.list].map((one) => queryClient.invalidateQueries({ queryKey: keyOf(one) })),
  )
}

/** Does it, says that it is done or why not, and lets the lists look again. */
async function act(change: () => Promise<unknown>, done: string, failed: string): Promise<void> {
  try {
    await change()
    say(done)
  } catch (error) {
    sayFailed(failed, error)
  }
  void refresh()
}

export const drainWorker = (worker: Worker): Promise<void> =>
  act(
    () => call(workerRoutes.drain, ofWorker(worker)),
    worker.busy === 0
      ? `${worker.name} leaves.`
      : `${worker.name} finishes ${plural(worker.busy, 'execution')}, and leaves.`,
    `${worker.name} could not be asked to leave`,
  )

export async function stopWorker(worker: Worker): Promise<void> {
  const yes = await confirm({
    title: `Stop the worker ${worker.name}?`,
    body:
      worker.busy === 0
        ? 'It runs nothing now. It leaves, and takes no more work.'
        : `It runs ${plural(worker.busy, 'execution')}. They are ended, and go again on another worker, or when one is there.`,
    confirm: `Stop ${worker.name}`,
    isDestructive: true,
  })
  if (!yes) return
  await act(
    () => call(workerRoutes.stop, ofWorker(worker)),
    `${worker.name} was stopped.`,
    `${worker.name} could not be stopped`,
  )
}

export const startPool = (pool: Pool): Promise<void> =>
  act(
    () => call(poolRoutes.start, ofPool(pool)),
    pool.enabled ? `${pool.name} tries again.` : `${pool.name} starts workers again.`,
    `${pool.name} could not be started`,
  )

export const stopPool = (pool: Pool): Promise<void> =>
  act(
    () => call(poolRoutes.stop, ofPool(pool)),
    `${pool.name} starts no more workers; those that run finish what they have.`,
    `${pool.name} could not be stopped`,
  )

export async function deletePool(pool: Pool): Promise<void> {
  const yes = await confirm({
    title: `Delete the pool ${pool.name}?`,
    body: 'How it starts workers is forgotten. Workers that run finish what they have, and end.',
    confirm: `Delete ${pool.name}`,
    isDestructive: true,
  })
  if (!yes) return
  await act(
    () => call(poolRoutes.remove, ofPool(pool)),
    `${pool.name} was deleted.`,
    `${pool.name} could not be deleted`,
  )
}

export function openPoolLog({ name }: Pool): void {
  modals.open({ title: `What the workers of ${name} have written`, size: 'xl', children: <PoolLog pool={name} /> })
}

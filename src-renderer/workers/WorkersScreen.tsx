import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Worker } from '../../src-shared/contract/index.ts'
import { useChosenWorkspace } from '../api/index.ts'
import { CopyButton } from '../ui/Copy.tsx'
import { formatCount } from '../ui/format.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Screen, Section } from '../ui/Screen.tsx'
import { PoolRow } from './PoolRow.tsx'
import { QueueTab } from './QueueTab.tsx'
import { usePools, useQueue, useWorkers } from './use-workers.ts'
import { WorkerRow } from './WorkerRow.tsx'
import classes from './workers.module.css'

/** Who runs code, what the engine starts for it by itself, and what waits and why. */
export function WorkersScreen() {
  const { show = 'workers' } = useSearch({ from: '/workers' })
  const navigate = useNavigate()
  const workers = useWorkers().data?.items
  const waiting = useQueue().data?.total
  return (
    <Screen title="Workers">
      <Tabs
        value={show}
        onChange={(next) =>
          void navigate({ to: '/workers', search: next === 'queue' ? { show: 'queue' } : {}, replace: true })
        }
        keepMounted={false}
        className={classes.tabs}
      >
        <Tabs.List className={classes.tabList}>
          <Tabs.Tab value="workers" className={classes.tab}>
            Workers <Count of={workers?.length} />
          </Tabs.Tab>
          <Tabs.Tab value="queue" className={classes.tab}>
            Queue <Count of={waiting} />
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="workers" className={classes.panel}>
          <div className={classes.page}>
            <WorkersSection />
            <PoolsSection />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="queue" className={classes.panel}>
          <QueueTab />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  )
}

function Count({ of }: { readonly of: number | undefined }) {
  return of === undefined || of === 0 ? null : <span className={`${classes.count} tabular`}>{formatCount(of)}</span>
}

function WorkersSection() {
  const asked = useWorkers()
  if (asked.isPending) return <Loading what="Asking for the workers." />
  if (asked.isError && asked.data === undefined) {
    return <Failed error={asked.error} what="The workers could not be listed" onRetry={() => void asked.refetch()} />
  }
  const workers = (asked.data?.items ?? []).toSorted(byName)
  return (
    <Section title="Connected">
      {workers.length === 0 ? (
        <NoWorkers />
      ) : (
        <ul className={classes.rows} aria-label="Workers">
          {workers.map((worker) => (
            <WorkerRow key={worker.id} worker={worker} />
          ))}
        </ul>
      )}
    </Section>
  )
}

const byName = (a: Worker, b: Worker): number => a.name.localeCompare(b.name) || a.id.localeCompare(b.id)

function NoWorkers() {
  const workspace = useChosenWorkspace()
  const command = `weir worker start${workspace === null || workspace === 'main' ? '' : ` --workspace ${workspace}`} --dev MODULE`
  return (
    <p className={classes.none}>
      No worker is connected. One that hosts a module of workflows and tasks runs their code:
      <Command command={command} />
    </p>
  )
}

function PoolsSection() {
  const asked = usePools()
  if (asked.isPending) return null
  if (asked.isError && asked.data === undefined) {
    return <Failed error={asked.error} what="The pools could not be listed" onRetry={() => void asked.refetch()} />
  }
  const pools = asked.data?.items ?? []
  return (
    <Section title="Pools">
      {pools.length === 0 ? (
        <p className={classes.none}>
          The engine can start workers by itself, when work waits for them:
          <Command command="weir pool create NAME MODULE --max 4" />
        </p>
      ) : (
        <ul className={classes.rows} aria-label="Pools">
          {pools.map((pool) => (
            <PoolRow key={pool.name} pool={pool} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Command({ command }: { readonly command: string }) {
  return (
    <span className={classes.command}>
      <code className="mono">{command}</code>
      <CopyButton value={command} label="Copy the command" />
    </span>
  )
}

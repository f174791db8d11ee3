import { Menu, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconDoorExit, IconPlayerStop } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Worker } from '../../src-shared/contract/index.ts'
import { sentence } from '../api/index.ts'
import { CopyButton } from '../ui/Copy.tsx'
import { formatCount, plural } from '../ui/format.ts'
import { MoreMenu } from '../ui/MoreMenu.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { drainWorker, stopWorker } from './actions.tsx'
import { executionPlace } from './execution-place.ts'
import { Tags } from './Tags.tsx'
import classes from './workers.module.css'

/** Executions that are shown before somebody asks for all. */
const SHOWN = 6

/** One that runs code: who it is, what it hosts, what it runs now. */
export function WorkerRow({ worker }: { readonly worker: Worker }) {
  const { name, id, workspace, tags, faults } = worker
  const state = stateOf(worker)
  return (
    <li className={classes.row} aria-label={name}>
      <div className={classes.line}>
        <span className={classes.state} data-state={state.look}>
          {state.word}
        </span>
        <strong className={`${classes.name} truncate`}>{name}</strong>
        <span className="truncate">{hostsOf(worker)}</span>
        <span className="dim truncate">in {workspace}</span>
        <Tags tags={tags} />
        <span className={classes.spring} />
        <Room worker={worker} />
        <More worker={worker} />
      </div>
      <div className={classes.facts}>
        {worker.pool !== null && <span>of the pool {worker.pool}</span>}
        <span>
          {worker.host}, process {worker.pid}
        </span>
        <span>
          {worker.runtime}, SDK {worker.sdk}
        </span>
        <span>
          here since <RelativeTime at={worker.since} />
        </span>
        <span className={`${classes.id} mono`}>
          {id} <CopyButton value={id} label={`Copy the identifier of ${name}`} />
        </span>
      </div>
      {faults.map(({ module, message }) => (
        <p key={module} className={classes.fault}>
          <IconAlertTriangle size={14} aria-hidden />
          <span>
            <span className="mono">{module}</span> could not be loaded: {sentence(message)}
          </span>
        </p>
      ))}
      <Executions worker={worker} />
    </li>
  )
}

function stateOf({ connected, draining, busy }: Worker): { word: string; look: string } {
  if (!connected) return { word: 'connection lost', look: 'troubled' }
  if (draining) return { word: 'leaving', look: 'off' }
  return busy > 0 ? { word: 'busy', look: 'on' } : { word: 'idle', look: 'idle' }
}

function hostsOf({ hosts }: Worker): string {
  const all = Object.entries(hosts)
  return all.length === 0 ? 'hosts no module' : all.map(([module, version]) => `${module} v${version}`).join(', ')
}

/** How much it has, and how many it takes at once: those that wait for a call keep no place, so it may have more. */
function Room({ worker: { busy, used, concurrency, shared } }: { readonly worker: Worker }) {
  const waiting = busy - used.processes - used.shared
  const places = `${plural(concurrency, 'process', 'processes')}${shared > 0 ? ` and ${formatCount(shared)} shared executions` : ''}`
  return (
    <Tooltip label={`Takes up to ${places} at once; what waits for a call does not count`}>
      <span className={`${classes.room} tabular`}>
        <strong>{formatCount(used.processes)}</strong> of {plural(concurrency, 'process', 'processes')}
        {shared > 0 && (
          <>
            , <strong>{formatCount(used.shared)}</strong> of {formatCount(shared)} shared
          </>
        )}
        {waiting > 0 && (
          <span className="dim">
            , {formatCount(waiting)} {waiting === 1 ? 'waits' : 'wait'} for calls
          </span>
        )}
      </span>
    </Tooltip>
  )
}

function Executions({ worker: { name, executions, busy } }: { readonly worker: Worker }) {
  const [isAll, setAll] = useState(false)
  if (executions.length === 0) return null
  const shown = isAll ? executions : executions.slice(0, SHOWN)
  const unnamed = busy - executions.length
  return (
    <>
      <ul className={classes.executions} aria-label={`What ${name} runs`}>
        {shown.map(({ execution, target }) => {
          const { run, step } = executionPlace(execution)
          return (
            <li key={execution}>
              <Link to="/runs/$run" params={{ run }} search={{ step }} className={classes.execution}>
                <span className="mono truncate">{step}</span>
                <span className="mono dim">{run}</span>
                <span className="dim truncate">{target}</span>
              </Link>
            </li>
          )
        })}
      </ul>
      {(executions.length > SHOWN || unnamed > 0) && (
        <div className={classes.facts}>
          {executions.length > SHOWN && (
            <button type="button" className={classes.more} aria-expanded={isAll} onClick={() => setAll(!isAll)}>
              {isAll ? 'Show fewer' : `Show ${executions.length - SHOWN} more`}
            </button>
          )}
          {isAll && unnamed > 0 && <span>and {formatCount(unnamed)} that are not listed</span>}
        </div>
      )}
    </>
  )
}

function More({ worker }: { readonly worker: Worker }) {
  return (
    <MoreMenu name={worker.name} width={240}>
      <Menu.Item
        leftSection={<IconDoorExit size={16} stroke={1.5} />}
        disabled={worker.draining}
        onClick={() => void drainWorker(worker)}
      >
        Let it finish and leave
      </Menu.Item>
      <Menu.Item leftSection={<IconPlayerStop size={16} stroke={1.5} />} onClick={() => void stopWorker(worker)}>
        Stop at once
      </Menu.Item>
    </MoreMenu>
  )
}

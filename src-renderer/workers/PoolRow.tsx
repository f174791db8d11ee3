import { Button, Menu } from '@mantine/core'
import { IconAlertTriangle, IconFileText, IconTrash } from '@tabler/icons-react'
import type { Pool } from '../../src-shared/contract/index.ts'
import { spanText } from '../../src-shared/targets/words.ts'
import { sentence } from '../api/index.ts'
import { plural } from '../ui/format.ts'
import { MoreMenu } from '../ui/MoreMenu.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { deletePool, openPoolLog, startPool, stopPool } from './actions.tsx'
import { Tags } from './Tags.tsx'
import classes from './workers.module.css'

/** Workers that the engine starts by itself: how many there are and may be, and why there are none. */
export function PoolRow({ pool }: { readonly pool: Pool }) {
  const { name, enabled, problem, queued, workspace, min, max, idleStopMs, tags, nextStart } = pool
  const isTroubled = enabled && problem !== null
  return (
    <li className={classes.row}>
      <div className={classes.line}>
        <span className={classes.state} data-state={isTroubled ? 'troubled' : enabled ? 'idle' : 'off'}>
          {isTroubled ? 'cannot start' : enabled ? 'on' : 'stopped'}
        </span>
        <strong className={classes.name}>{name}</strong>
        <span className="dim">in {workspace}</span>
        <Tags tags={tags} />
        <span className={classes.spring} />
        {enabled && !isTroubled ? (
          <Button size="compact-sm" variant="default" aria-label={`Stop ${name}`} onClick={() => void stopPool(pool)}>
            Stop
          </Button>
        ) : (
          <Button size="compact-sm" aria-label={`Start ${name}`} onClick={() => void startPool(pool)}>
            {isTroubled ? 'Try again' : 'Start'}
          </Button>
        )}
        <More pool={pool} />
      </div>
      <div className={`${classes.facts} tabular`}>
        <span>{inWords(pool)}</span>
        <span>{min === max ? `always ${max}` : `${min} to ${max} at once`}</span>
        <span>idle ones stop after {spanText(idleStopMs)}</span>
        {queued > 0 && <span className={classes.waits}>{plural(queued, 'execution')} waiting</span>}
      </div>
      <div className={`${classes.facts} mono truncate`} title={sourceOf(pool)}>
        {sourceOf(pool)}
      </div>
      {problem !== null && (
        <p className={classes.fault}>
          <IconAlertTriangle size={14} aria-hidden />
          <span>
            {sentence(problem)}
            {nextStart !== null && (
              <> It is tried again {isSoon(nextStart) ? 'in a moment' : <RelativeTime at={nextStart} />}.</>
            )}
          </span>
        </p>
      )}
    </li>
  )
}

/** Too near for a number; a moment that is over is about to be noticed. */
const SOON_MS = 5_000
const isSoon = (at: string): boolean => Date.parse(at) - Date.now() < SOON_MS

const sourceOf = ({ command, modules, folder }: Pool): string => `${command ?? modules.join(' ')} in ${folder}`

/** How many of its workers are in which state. */
function inWords({ workers, enabled, problem, min }: Pool): string {
  const of = (wanted: string): number => workers.filter(({ state }) => state === wanted).length
  const parts = [
    [of('connected'), 'at work'],
    [of('starting'), 'starting'],
    [of('stopping'), 'stopping'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`)
  if (said.length > 0) return said.join(', ')
  return enabled && problem === null && min === 0 ? 'no worker: one is started when work waits' : 'no worker'
}

function More({ pool }: { readonly pool: Pool }) {
  return (
    <MoreMenu name={pool.name} width={220}>
      <Menu.Item leftSection={<IconFileText size={16} stroke={1.5} />} onClick={() => openPoolLog(pool)}>
        Show what they have written
      </Menu.Item>
      <Menu.Item leftSection={<IconTrash size={16} stroke={1.5} />} onClick={() => void deletePool(pool)}>
        Delete
      </Menu.Item>
    </MoreMenu>
  )
}

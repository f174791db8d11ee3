import { Link } from '@tanstack/react-router'
import { engineRoutes, type Health } from '../../src-shared/contract/index.ts'
import { useAsk } from '../api/index.ts'
import { Copyable } from '../ui/Copy.tsx'
import classes from './home.module.css'

/** What makes an engine unwell (a project that does not start) lasts; that it is gone is told at once by other means. */
const LOOK_MS = 15_000

const WORDS: Record<Health['status'], string> = {
  starting: 'The engine starts',
  ok: 'The engine is well',
  degraded: 'The engine is not well',
  stopping: 'The engine stops',
}

/** How the engine is, and where it answers. */
export function EngineFacts() {
  const health = useAsk(engineRoutes.health, {}, { refetchInterval: LOOK_MS })
  const status = useAsk(engineRoutes.status, {})
  const address = status.data?.listen.find((one) => one.startsWith('http')) ?? status.data?.listen[0]
  if (health.data === undefined) return null
  return (
    <span className={classes.facts}>
      <Link to="/doctor" className={classes.health} data-status={health.data.status}>
        {WORDS[health.data.status]}
      </Link>
      {address !== undefined && <Copyable value={address} label="Copy the address of the engine" />}
    </span>
  )
}

/** Why the engine is not well, one sentence each; nothing when it is. */
export function EngineProblems() {
  const health = useAsk(engineRoutes.health, {}, { refetchInterval: LOOK_MS })
  const problems = health.data?.problems ?? []
  if (problems.length === 0) return null
  return (
    <div className={classes.problems} role="status">
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
      <Link to="/doctor">See what can be done</Link>
    </div>
  )
}

import { it } from 'vitest'
import { playSchedules } from './schedules.ts'

/** Half of the 80,000 schedules of CI; the other file plays the rest beside it, with another seed. */
const SCHEDULES = 40_000
const TIMEOUT_MS = 30 * 60_000

it(
  'random schedules keep every promise, part 2 of 2',
  () => playSchedules(SCHEDULES, 2, 2, 'src-main/engine/orchestrator/simulation/schedules-2.int.test.ts'),
  TIMEOUT_MS,
)

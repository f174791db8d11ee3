import {
  IconAlertTriangleFilled,
  IconBolt,
  IconCircle,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleX,
  IconDiamondFilled,
  IconLoader,
  IconPlayerPause,
  IconPlayerSkipForward,
  IconPlayerStop,
} from '@tabler/icons-react'
import type { ExecutionStatus, RunStatus, StepStatus } from '../../src-shared/contract/index.ts'

export type AnyStatus = RunStatus | StepStatus | ExecutionStatus

export interface StatusLook {
  readonly word: string
  /** CSS variable of its colour */
  readonly color: string
  /** Its shape: status is never told by colour alone */
  readonly icon: typeof IconCircle
  readonly moves?: boolean
}

/** How each status looks, everywhere. */
export const statusLooks: Record<AnyStatus, StatusLook> = {
  blocked: { word: 'Not yet', color: 'var(--weir-queued)', icon: IconCircleDashed },
  queued: { word: 'Queued', color: 'var(--weir-queued)', icon: IconCircle },
  dispatched: { word: 'Starting', color: 'var(--weir-running)', icon: IconLoader, moves: true },
  running: { word: 'Running', color: 'var(--weir-running)', icon: IconLoader, moves: true },
  waiting: { word: 'Waiting', color: 'var(--weir-waiting)', icon: IconPlayerPause },
  suspended: { word: 'Suspended', color: 'var(--weir-waiting)', icon: IconPlayerPause },
  cancelling: { word: 'Cancelling', color: 'var(--weir-cancelled)', icon: IconPlayerStop, moves: true },
  succeeded: { word: 'Succeeded', color: 'var(--weir-succeeded)', icon: IconCircleCheckFilled },
  cached: { word: 'Cached', color: 'var(--weir-cached)', icon: IconDiamondFilled },
  skipped: { word: 'Skipped', color: 'var(--weir-skipped)', icon: IconPlayerSkipForward },
  failed: { word: 'Failed', color: 'var(--weir-failed)', icon: IconAlertTriangleFilled },
  timeout: { word: 'Timed out', color: 'var(--weir-failed)', icon: IconAlertTriangleFilled },
  abandoned: { word: 'Abandoned', color: 'var(--weir-abandoned)', icon: IconBolt },
  cancelled: { word: 'Cancelled', color: 'var(--weir-cancelled)', icon: IconCircleX },
}

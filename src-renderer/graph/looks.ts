import {
  IconAdjustmentsHorizontal,
  IconArrowsSplit2,
  IconBox,
  IconClockPause,
  IconCode,
  IconCpu,
  IconDatabase,
  IconFilter,
  IconLock,
  IconQuestionMark,
  IconRepeat,
  IconSitemap,
  IconStopwatch,
  IconTerminal2,
  IconUserCheck,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Badge, GraphNode } from './types.ts'

export interface KindLook {
  readonly word: string
  readonly icon: TablerIcon
  /** Class of its colour in StepNode.module.css */
  readonly tone: 'run' | 'container' | 'target' | 'workflow' | 'approval' | 'sleep' | 'params' | 'unknown'
}

const LOOKS: Record<KindLook['tone'], KindLook> = {
  run: { word: 'Command', icon: IconTerminal2, tone: 'run' },
  container: { word: 'Command in a container', icon: IconBox, tone: 'container' },
  target: { word: 'Target of a module', icon: IconCode, tone: 'target' },
  workflow: { word: 'Workflow', icon: IconSitemap, tone: 'workflow' },
  approval: { word: 'Question to a person', icon: IconUserCheck, tone: 'approval' },
  sleep: { word: 'Pause', icon: IconClockPause, tone: 'sleep' },
  params: { word: 'Parameters', icon: IconAdjustmentsHorizontal, tone: 'params' },
  unknown: { word: 'Step without work', icon: IconQuestionMark, tone: 'unknown' },
}

export const lookOf = ({ kind, image }: Pick<GraphNode, 'kind' | 'image'>): KindLook =>
  LOOKS[kind === 'run' && image !== null ? 'container' : kind]

export const kindLooks = LOOKS

export const badgeIcons: Record<Badge['kind'], TablerIcon> = {
  retry: IconRepeat,
  cache: IconDatabase,
  resources: IconCpu,
  timeout: IconStopwatch,
  when: IconFilter,
  concurrency: IconLock,
}

export const fanOutIcon = IconArrowsSplit2

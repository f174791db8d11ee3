import type { Finding } from '../../../src-shared/contract/index.ts'
import { type Check, examine, type Place } from './check.ts'
import { clock } from './checks/clock.ts'
import { dataFolder } from './checks/data-folder.ts'
import { disk } from './checks/disk.ts'
import { docker } from './checks/docker.ts'
import { listener } from './checks/listener.ts'
import { lock } from './checks/lock.ts'
import { memory } from './checks/memory.ts'
import { node } from './checks/node.ts'
import { openFiles } from './checks/open-files.ts'
import { projects } from './checks/projects.ts'
import { watches } from './checks/watches.ts'

/** In the order in which a person mends things. */
const checks: readonly Check[] = [
  dataFolder,
  disk,
  lock,
  projects,
  clock,
  node,
  memory,
  docker,
  listener,
  openFiles,
  watches,
]

/** Looks at the machine; takes as long as its slowest check. */
export const findings = (place: Place): Promise<Finding[]> => examine(checks, place)

import { readdirSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import type { StepResources } from '../workflows/index.ts'

/** Where the NVIDIA driver lists its devices on Linux. */
const NVIDIA_FOLDER = '/proc/driver/nvidia/gpus'

/** What executions may take from this machine in all: processors, memory in bytes, GPUs. */
export function machineCapacity(): StepResources {
  const constrained = process.constrainedMemory()
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return { cpus: availableParallelism(), memoryBytes: memory, gpus: countGpus() }
}

function countGpus(): number {
  try {
    return readdirSync(NVIDIA_FOLDER).length
  } catch {
    // No such folder: no NVIDIA driver, so no GPU that could be handed out.
    return 0
  }
}

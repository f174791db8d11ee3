import { join } from 'node:path'
import type { StepResources } from '../../workflows/plan.ts'
import type { Job } from '../executor.ts'
import { executionFolder, INPUTS_FILE, INPUTS_FOLDER } from '../folder.ts'
import { placeInputs } from '../inputs.ts'
import type { RenderedJob } from '../prepare.ts'
import type { CreateOptions } from './api.ts'
import { labelsOf } from './labels.ts'

/** The working folder as the command sees it. */
export const WORK_ROOT = '/weir/work'

const NANO = 1e9
/** Docker takes no less. */
const MIN_CPUS = 0.01
const MIN_MEMORY_BYTES = 6 * 1024 * 1024

/**
 * The `local` log driver, because it keeps the bytes as they were written; `json-file` replaces what is not UTF-8. It
 * keeps 5 files of 20 MB unless it is told otherwise: here nothing is thrown away before it was copied.
 */
const LOG_CONFIG = { Type: 'local', Config: { 'max-size': '4096p', 'max-file': '1', compress: 'false' } }

/** What differs between Docker engines, found out by trying. */
export interface EngineTraits {
  /** Whether the engine sees our files, so that inputs can be mounted; false for one on another machine */
  readonly mounts: boolean
  /** Whether it has an init program, which hands on signals and collects orphans */
  readonly init: boolean
}

/** What to ask Docker for. The command replaces the image's own entrypoint. */
export function createOptions(
  job: Job,
  rendered: RenderedJob & { readonly image: string },
  owner: string,
  traits: EngineTraits,
): CreateOptions {
  const [program = '', ...args] = rendered.argv
  return {
    Image: rendered.image,
    Entrypoint: [program],
    Cmd: args,
    Env: Object.entries(rendered.env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: rendered.cwd,
    Labels: labelsOf(job, owner),
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    HostConfig: {
      ...limits(job.resources),
      LogConfig: LOG_CONFIG,
      ...(traits.init ? { Init: true } : {}),
      ...(traits.mounts ? { Mounts: inputMounts(job) } : {}),
    },
  }
}

/** 0 means that no limit was asked for. Memory includes swap, so that a limit is a limit. */
function limits(resources: StepResources): NonNullable<CreateOptions['HostConfig']> {
  const memory = Math.max(resources.memoryBytes, MIN_MEMORY_BYTES)
  return {
    ...(resources.cpus > 0 ? { NanoCpus: Math.round(Math.max(resources.cpus, MIN_CPUS) * NANO) } : {}),
    ...(resources.memoryBytes > 0 ? { Memory: memory, MemorySwap: memory } : {}),
    ...(resources.gpus > 0 ? { DeviceRequests: [{ Count: resources.gpus, Capabilities: [['gpu']] }] } : {}),
  }
}

/** Inputs can be large, so they are not copied: the container sees the engine's files, and cannot change them. */
const inputMounts = (job: Job): { Type: 'bind'; Source: string; Target: string; ReadOnly: true }[] =>
  mountedEntries(job).map((name) => ({
    Type: 'bind',
    Source: join(executionFolder(job.folder).work, name),
    Target: `${WORK_ROOT}/${name}`,
    ReadOnly: true,
  }))

/** Entries of the working folder that are mounted; `inputs/` is there only when the job has files as inputs. */
export const mountedEntries = (job: Job): string[] =>
  placeInputs(job.context.inputs).folders.length === 0 ? [INPUTS_FILE] : [INPUTS_FILE, INPUTS_FOLDER]

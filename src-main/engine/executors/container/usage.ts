import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Usage } from '../../../../src-shared/contract/index.ts'
import type { DockerApi } from './api.ts'

/**
 * Docker forgets what a container used as soon as it ends, so it is sampled while it runs: soon at first, later after
 * a tenth of its age, so that what the last sample misses stays a small part.
 */
const FIRST_SAMPLE_MS = 100
const MAX_PAUSE_MS = 2_000
/** Through Docker a sample costs the daemon milliseconds; reading the kernel's files costs microseconds. */
const MIN_API_PAUSE_MS = 1_000
const AGE_PART = 0.1

const CGROUPS = '/sys/fs/cgroup'
const NS_PER_MS = 1e6
const US_PER_MS = 1e3

interface Sample {
  readonly cpuMs: number
  readonly memoryBytes: number
}

type Sampler = () => Promise<Sample>

/** Samples until `signal` is aborted; `usage()` tells what was seen so far. Never fails: no sample is null. */
export function watchUsage(api: DockerApi, id: string, signal: AbortSignal): { usage(): Usage } {
  let cpuMs: number | null = null
  let peakMemoryBytes: number | null = null
  const began = performance.now()
  const watch = async (): Promise<void> => {
    await delay(FIRST_SAMPLE_MS, undefined, { signal })
    const cgroup = await cgroupSampler(api, id)
    const sampler = cgroup ?? statsSampler(api, id)
    while (!signal.aborted) {
      const sample = await sampler()
      cpuMs = Math.max(cpuMs ?? 0, sample.cpuMs)
      peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, sample.memoryBytes)
      const pause = Math.min(MAX_PAUSE_MS, Math.max(FIRST_SAMPLE_MS, (performance.now() - began) * AGE_PART))
      await delay(cgroup === null ? Math.max(pause, MIN_API_PAUSE_MS) : pause, undefined, { signal })
    }
  }
  // It ends with an error when the container ends under a sample or Docker goes away; what was seen stays.
  watch().catch(() => undefined)
  return { usage: () => ({ cpuMs, peakMemoryBytes }) }
}

function statsSampler(api: DockerApi, id: string): Sampler {
  return async () => {
    const { cpu_stats: cpu, memory_stats: memory } = await api.stats(id)
    if (memory.usage === undefined) throw new Error('the container has ended')
    const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0
    return { cpuMs: Math.round(cpu.cpu_usage.total_usage / NS_PER_MS), memoryBytes: memory.usage - cache }
  }
}

/** Reads the kernel's own counters when Docker runs on this machine; null when they are not to be found. */
async function cgroupSampler(api: DockerApi, id: string): Promise<Sampler | null> {
  const pid = (await api.inspect(id))?.State.Pid ?? 0
  if (pid === 0) return null
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
  // The number means something only on Docker's machine; the container's id in the path proves that it is this one.
  const groups = text
    .split('\n')
    .map(parseGroup)
    .filter(({ path }) => path.includes(id))
  const folder = (controller: string): string | undefined => {
    const group = groups.find(({ controllers }) => controllers.split(',').includes(controller))
    return group === undefined ? undefined : join(CGROUPS, group.controllers, group.path)
  }
  const [cpu, memory] = [folder('cpuacct'), folder('memory')]
  const unified = groups.find(({ controllers }) => controllers === '')
  const sampler =
    cpu !== undefined && memory !== undefined
      ? version1(cpu, memory)
      : unified === undefined
        ? null
        : version2(join(CGROUPS, unified.path))
  if (sampler === null) return null
  return (await sampler().catch(() => null)) === null ? null : sampler
}

/** A line of /proc/PID/cgroup: `4:memory:/docker/<id>`, or `0::/system.slice/docker-<id>.scope`. */
function parseGroup(line: string): { controllers: string; path: string } {
  const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
  return { controllers, path }
}

const version1 =
  (cpu: string, memory: string): Sampler =>
  async () => {
    const [nanoseconds, used, stat] = await Promise.all([
      readFile(join(cpu, 'cpuacct.usage'), 'utf8'),
      readFile(join(memory, 'memory.usage_in_bytes'), 'utf8'),
      readFile(join(memory, 'memory.stat'), 'utf8'),
    ])
    return sample(Number(nanoseconds) / NS_PER_MS, Number(used) - field(stat, 'total_inactive_file'))
  }

const version2 =
  (folder: string): Sampler =>
  async () => {
    const [cpu, used, stat] = await Promise.all([
      readFile(join(folder, 'cpu.stat'), 'utf8'),
      readFile(join(folder, 'memory.current'), 'utf8'),
      readFile(join(folder, 'memory.stat'), 'utf8'),
    ])
    return sample(field(cpu, 'usage_usec') / US_PER_MS, Number(used) - field(stat, 'inactive_file'))
  }

/** File cache that can be given back at any time is not counted: it is no need of the step. */
const sample = (cpuMs: number, memoryBytes: number): Sample => ({
  cpuMs: Math.round(cpuMs),
  memoryBytes: Math.max(0, memoryBytes),
})

const field = (text: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)

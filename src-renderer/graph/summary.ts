import type { Json } from '../../src-shared/contract/index.ts'
import type { Badge, GraphNode, NodeKind } from './types.ts'
import { type JsonMap, mapOf, numberOf, shortText, textOf } from './values.ts'

const KINDS = ['run', 'target', 'workflow', 'approval', 'sleep'] as const

/** What a step does; unknown while it says nothing, or too much. */
export function kindOf(step: JsonMap): NodeKind {
  const found = KINDS.filter((kind) => kind in step)
  return found.length === 1 ? (found[0] ?? 'unknown') : 'unknown'
}

/** One line of what a step does: its description, else the first line of what it runs, asks, starts or waits for. */
export function summaryOf(step: JsonMap, kind: NodeKind): string {
  const description = shortText(step['description'], 120)
  if (description !== '') return description
  switch (kind) {
    case 'run':
      return commandLine(step['run'])
    case 'target':
      return shortText(step['target']) || 'No target chosen'
    case 'workflow':
      return shortText(step['workflow']) || 'No workflow chosen'
    case 'approval':
      return shortText(mapOf(step['approval'])['message'], 120) || 'Nothing is asked yet'
    case 'sleep':
      return `Waits ${shortText(step['sleep']) || 'for no time'}`
    default:
      return 'Does nothing yet'
  }
}

function commandLine(run: Json | undefined): string {
  if (Array.isArray(run)) return shortText(run.map((part) => shortText(part)).join(' '), 120) || 'No command yet'
  const lines = (textOf(run) ?? '').split('\n').map((line) => line.trim())
  return shortText(lines.find((line) => line !== '' && !line.startsWith('#')) ?? '', 120) || 'No command yet'
}

export function forEachOf(step: JsonMap): GraphNode['forEach'] {
  const value = step['forEach']
  if (value === undefined || value === null) return null
  const options = mapOf(value)
  const items = Array.isArray(value) || typeof value === 'string' ? value : options['items']
  const text = Array.isArray(items) ? `${items.length} items` : shortText(items).replaceAll(/\$\{\{\s*|\s*\}\}/g, '')
  return { items: text, maxParallel: numberOf(options['maxParallel']) }
}

/** What is set beside the work itself. */
export function badgesOf(step: JsonMap): Badge[] {
  return [
    retryBadge(step),
    cacheBadge(step),
    resourcesBadge(step),
    timeoutBadge(step),
    whenBadge(step),
    concurrencyBadge(step),
  ].filter((badge) => badge !== null)
}

function retryBadge(step: JsonMap): Badge | null {
  const limit = numberOf(mapOf(step['retry'])['limit'])
  if (limit === null || limit === 0) return null
  const times = limit === 1 ? 'once more' : `up to ${limit} more times`
  return { kind: 'retry', text: `${limit}×`, title: `Tries ${times} after a failure` }
}

function cacheBadge(step: JsonMap): Badge | null {
  const cache = step['cache']
  if (cache !== true && Object.keys(mapOf(cache)).length === 0) return null
  const maxAge = textOf(mapOf(cache)['maxAge'])
  return {
    kind: 'cache',
    text: maxAge ?? 'cache',
    title: `Uses an earlier result with the same code and inputs${maxAge === null ? '' : `, not older than ${maxAge}`}`,
  }
}

function resourcesBadge(step: JsonMap): Badge | null {
  const { cpus, memory, gpus } = mapOf(step['resources'])
  const parts = [
    typeof cpus === 'number' ? `${cpus} CPU` : null,
    memory === undefined || memory === null ? null : shortText(memory),
    typeof gpus === 'number' && gpus > 0 ? `${gpus} GPU` : null,
  ].filter((part) => part !== null)
  if (parts.length === 0) return null
  return { kind: 'resources', text: parts.join(' '), title: `Takes ${parts.join(', ')} of the machine while it runs` }
}

function timeoutBadge(step: JsonMap): Badge | null {
  const timeout = textOf(step['timeout'])
  return timeout === null ? null : { kind: 'timeout', text: timeout, title: `An attempt may take ${timeout} at most` }
}

function whenBadge(step: JsonMap): Badge | null {
  const when = textOf(step['when'])
  return when === null ? null : { kind: 'when', text: 'if', title: `Only when ${shortText(when, 200)}` }
}

function concurrencyBadge(step: JsonMap): Badge | null {
  const key = textOf(mapOf(step['concurrency'])['key'])
  if (key === null) return null
  const limit = numberOf(mapOf(step['concurrency'])['limit']) ?? 1
  return { kind: 'concurrency', text: `max ${limit}`, title: `At most ${limit} at once with the key ${shortText(key)}` }
}

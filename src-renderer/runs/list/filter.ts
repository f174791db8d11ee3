import { RunStatus, type RunSummary } from '../../../src-shared/contract/index.ts'
import { statusLooks } from '../../ui/status.ts'

/** Which runs are listed, as it stands in the address. */
export interface RunFilter {
  /** Statuses, separated by commas */
  readonly status?: string | undefined
  readonly workflow?: string | undefined
  /** Triggers, separated by commas */
  readonly trigger?: string | undefined
  readonly search?: string | undefined
  /** `1h`, `24h`, `7d`, `30d`, or a moment as ISO 8601 */
  readonly since?: string | undefined
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface Choice {
  readonly value: string
  /** In the menu */
  readonly word: string
  /** In the sentence */
  readonly phrase: string
}

export const SINCE: readonly (Choice & { readonly ms: number })[] = [
  { value: '1h', word: 'The last hour', phrase: 'in the last hour', ms: HOUR },
  { value: '24h', word: 'The last 24 hours', phrase: 'in the last 24 hours', ms: DAY },
  { value: '7d', word: 'The last 7 days', phrase: 'in the last 7 days', ms: 7 * DAY },
  { value: '30d', word: 'The last 30 days', phrase: 'in the last 30 days', ms: 30 * DAY },
]

export const TRIGGERS: readonly Choice[] = [
  { value: 'manual', word: 'By a person or program', phrase: 'started by hand' },
  { value: 'parent', word: 'By another run', phrase: 'started by another run' },
  { value: 'rerun', word: 'As a re-run', phrase: 'run again' },
]

export const STATUSES: readonly Choice[] = RunStatus.options.map((value) => ({
  value,
  word: statusLooks[value].word,
  phrase: statusLooks[value].word.toLowerCase(),
}))

/** Statuses of runs that have not ended. */
export const ACTIVE = 'queued,running,waiting,cancelling'
const ACTIVE_SET = new Set(ACTIVE.split(','))
export const isActive = (run: Pick<RunSummary, 'status'>): boolean => ACTIVE_SET.has(run.status)

export const listOf = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : text.split(',')

/** Statuses as one word or a list: `failed`, `failed or cancelled`, `active`; null for all. */
export function statusPhrase(status: string | undefined): string | null {
  const chosen = listOf(status)
  if (chosen.length === 0) return null
  if (chosen.length === ACTIVE_SET.size && chosen.every((one) => ACTIVE_SET.has(one))) return 'active'
  return orList(chosen.map((one) => STATUSES.find(({ value }) => value === one)?.phrase ?? one))
}

export function triggerPhrase(trigger: string | undefined): string | null {
  const chosen = listOf(trigger)
  if (chosen.length === 0) return null
  return orList(chosen.map((one) => TRIGGERS.find(({ value }) => value === one)?.phrase ?? one))
}

export function sincePhrase(since: string | undefined): string | null {
  if (since === undefined) return null
  const known = SINCE.find(({ value }) => value === since)
  if (known !== undefined) return known.phrase
  const at = Date.parse(since)
  return Number.isNaN(at) ? null : `since ${new Date(at).toLocaleDateString(undefined, { dateStyle: 'medium' })}`
}

const orList = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`

/** The filter as a sentence: `Failed runs of seattle-weather, started by hand, in the last 7 days`. */
export function sentenceOf(filter: RunFilter): string {
  const { workflow, search } = filter
  const head = [statusPhrase(filter.status) ?? 'all', 'runs', ...(workflow === undefined ? [] : ['of', workflow])].join(
    ' ',
  )
  const rest = [
    triggerPhrase(filter.trigger),
    sincePhrase(filter.since),
    search === undefined ? null : `that match “${search}”`,
  ].filter((part) => part !== null)
  const sentence = [head, ...rest].join(', ')
  return sentence[0]?.toUpperCase() + sentence.slice(1)
}

export const isFiltered = (filter: RunFilter): boolean => Object.values(filter).some((part) => part !== undefined)

/** The engine takes no longer words. */
const SEARCH_LIMIT = 200

/**
 * The filter that an address holds. Links may be typed by hand, cut, or come from another version: what is not known in
 * them is left out, for the list of the rest is more use than an error.
 */
export function filterOf({ status, workflow, trigger, search, since }: RunFilter): RunFilter {
  return withoutEmpty({
    status: known(status, STATUSES),
    workflow,
    trigger: known(trigger, TRIGGERS),
    search: search?.slice(0, SEARCH_LIMIT),
    since: sincePhrase(since) === null ? undefined : since,
  })
}

const known = (text: string | undefined, choices: readonly Choice[]): string =>
  listOf(text)
    .filter((one) => choices.some(({ value }) => value === one))
    .join(',')

/** The filter without empty parts, as it goes into the address. */
export function withoutEmpty(filter: RunFilter): RunFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, part]) => part !== undefined && part !== ''))
}

/** What the engine is asked; a relative time is counted from `now`. */
export function queryOf(filter: RunFilter, now: number): Record<string, string> {
  const { since, ...others } = withoutEmpty(filter)
  const ms = SINCE.find(({ value }) => value === since)?.ms
  const at = ms === undefined ? Date.parse(since ?? '') : now - ms
  return {
    ...(others as Record<string, string>),
    ...(Number.isNaN(at) ? {} : { since: new Date(at).toISOString() }),
  }
}

/** Whether a run that is listed still belongs there after it has changed: only its status can. */
export function stillFits(run: RunSummary, { status }: RunFilter): boolean {
  const chosen = listOf(status)
  return chosen.length === 0 || chosen.includes(run.status)
}

import type { Json, RunEvent } from '../../../src-shared/contract/index.ts'
import type { Event } from '../orchestrator/index.ts'
import type { JournalEntry } from '../storage/index.ts'

/** Events of one journal entry as the API shows them. The attempt's token stays inside: it names what may report. */
export function toRunEvents(project: string, entry: JournalEntry): RunEvent[] {
  return (JSON.parse(entry.events) as Event[]).map((event) => {
    const { type, run, at, step, index, attempt, token: _token, ...data } = event as Event & Record<string, Json>
    const shown: RunEvent = {
      cursor: entry.cursor,
      at: new Date(at).toISOString(),
      project,
      run,
      type,
      data,
    }
    if (typeof step === 'string') shown.step = step
    if (typeof index === 'number') shown.index = index
    if (typeof attempt === 'number') shown.attempt = attempt
    return shown
  })
}

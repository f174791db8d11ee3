import type { Run, RunStep } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { CliError, Interrupted } from './failure.ts'
import { createRunView, type RunView, silentView } from './run-view.ts'
import { watchRun } from './run-watch.ts'
import { waitingApprovals } from './run-words.ts'

export interface WaitOptions {
  /** Print the output of the steps instead of progress */
  readonly follow?: boolean
  /** ms */
  readonly timeout?: number
}

/**
 * Waits until a run has ended, with progress on the given stream; asks for approvals where a person can answer.
 * @throws Interrupted when the person detaches, CliError `wait_timeout` when the time is over; the run goes on then
 */
export async function waitForRun(
  session: Session,
  id: string,
  options: WaitOptions,
  stream: 'out' | 'err',
): Promise<Run> {
  const { output } = session
  const follows = options.follow === true
  const view = follows ? silentView : createRunView(output, stream)
  const stop = new AbortController()
  const onInterrupt = interruptHandler(session, id, view, stop)
  process.on('SIGINT', onInterrupt)
  const timer = timeoutOf(options.timeout, id, stop)
  const approvals = new ApprovalDesk(session, id, view, stop)
  const following = follows ? followOutput(session, id, stop.signal) : null
  try {
    const run = await watchRun(session, id, {
      steps: !output.quiet,
      signal: stop.signal,
      onRun: (now) => {
        view.show(now)
        approvals.look(now)
      },
    })
    await following
    return run
  } finally {
    view.end()
    clearTimeout(timer)
    process.off('SIGINT', onInterrupt)
    stop.abort(new Interrupted()) // ends questions and streams that are still open
    await following?.catch(() => undefined) // why it ended is known by now
  }
}

async function followOutput(session: Session, id: string, signal: AbortSignal): Promise<void> {
  const { followLogs } = await import('./run-logs.ts')
  await followLogs(session, id, { follow: true }, signal)
}

function timeoutOf(ms: number | undefined, id: string, stop: AbortController): NodeJS.Timeout | undefined {
  if (ms === undefined) return undefined
  return setTimeout(() => {
    stop.abort(
      new CliError(
        'unfinished',
        'wait_timeout',
        `The run ${id} has not ended in the given time; it goes on.`,
        `Go on waiting with: weir run watch ${id}`,
      ),
    )
  }, ms)
}

/** First Ctrl-C asks in a terminal and detaches elsewhere; a second one detaches. */
function interruptHandler(session: Session, id: string, view: RunView, stop: AbortController): () => void {
  const { output } = session
  let asking = false
  const detach = (): void => {
    view.end()
    output.error(`Detached: the run ${id} goes on. Come back with: weir run watch ${id}`)
    stop.abort(new Interrupted())
  }
  const askWhat = async (): Promise<void> => {
    const { ask } = await import('./ask.ts')
    view.suspend()
    const answer = (await ask('Detach (d), cancel the run (c), or go on (Enter)? ', { signal: stop.signal }))
      .trim()
      .toLowerCase()
    if (answer.startsWith('d')) return detach()
    if (answer.startsWith('c')) {
      output.note('Cancelling. What runs is ended first.')
      await session.client.call(session.routes.runs.cancel, { params: { project: session.project, run: id }, body: {} })
    }
    asking = false
    view.resume()
  }
  return () => {
    if (asking || !output.interactive) return detach()
    asking = true
    askWhat().catch((error: unknown) => {
      if (stop.signal.aborted) return // the run has ended while the question stood
      if (error instanceof Interrupted) detach()
      else stop.abort(error)
    })
  }
}

/** Tells once of each step that waits for a person; in a terminal it asks there and then, one at a time. */
class ApprovalDesk {
  private readonly session: Session
  private readonly id: string
  private readonly view: RunView
  private readonly stop: AbortController
  private readonly seen = new Set<string>()
  private readonly queue: RunStep[] = []
  private busy = false

  constructor(session: Session, id: string, view: RunView, stop: AbortController) {
    this.session = session
    this.id = id
    this.view = view
    this.stop = stop
  }

  look(run: Run): void {
    const { output } = this.session
    for (const step of waitingApprovals(run)) {
      const name = `${step.key}:${step.executions.length}`
      if (this.seen.has(name)) continue
      this.seen.add(name)
      if (output.interactive) this.queue.push(step)
      else
        output.note(
          `${step.key} waits for an answer: ${step.approval?.message ?? ''}\n  Answer with: weir run approve ${this.id} ${step.key}`,
        )
    }
    if (!this.busy && this.queue.length > 0) void this.work()
  }

  private async work(): Promise<void> {
    this.busy = true
    const { askForApproval, sendApproval } = await import('./run-approve.ts')
    this.view.suspend()
    try {
      for (let step = this.queue.shift(); step !== undefined; step = this.queue.shift()) {
        const answer = await askForApproval(step, this.stop.signal)
        if (answer !== null) await sendApproval(this.session, this.id, step.key, answer)
        else this.session.output.note(`Answer with: weir run approve ${this.id} ${step.key}`)
      }
    } catch (error) {
      if (!this.stop.signal.aborted) this.giveUp(error)
    } finally {
      this.busy = false
      this.view.resume()
    }
  }

  private giveUp(error: unknown): void {
    const { output } = this.session
    if (error instanceof Interrupted) {
      this.view.end()
      output.error(
        `Detached: the run ${this.id} goes on and waits for the answer. Come back with: weir run watch ${this.id}`,
      )
      this.stop.abort(error)
    } else {
      // Answered elsewhere, or refused: said here, and the wait goes on.
      output.error(error instanceof Error ? error.message : String(error))
    }
  }
}

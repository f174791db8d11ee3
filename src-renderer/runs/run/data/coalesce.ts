/** Calls of a task that is wanted often: never two at once, with a pause between, and always once more after the last wish. */
export interface Coalesced {
  /** The task is wanted, as soon as it may run */
  poke(): void
  stop(): void
}

interface CoalesceOptions {
  /** Least time from one start to the next, in ms */
  readonly everyMs: number
  /** The pause after a task is at least this many times as long as the task took, so that a slow one leaves room */
  readonly restFactor?: number
  readonly now?: () => number
}

export function coalesce(task: () => Promise<void>, options: CoalesceOptions): Coalesced {
  const { everyMs, restFactor = 0, now = () => performance.now() } = options
  let isRunning = false
  let isWanted = false
  let isStopped = false
  let notBefore = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  const run = async (): Promise<void> => {
    timer = undefined
    isWanted = false
    isRunning = true
    const started = now()
    try {
      await task()
    } finally {
      isRunning = false
      notBefore = Math.max(started + everyMs, now() + (now() - started) * restFactor)
      if (isWanted) plan()
    }
  }
  const plan = (): void => {
    if (isStopped || timer !== undefined) return
    timer = setTimeout(() => void run(), Math.max(0, notBefore - now()))
  }
  return {
    poke() {
      isWanted = true
      if (!isRunning) plan()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

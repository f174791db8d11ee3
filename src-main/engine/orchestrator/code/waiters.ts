import type { Unit } from '../core/index.ts'

interface Waiter {
  readonly token: string
  /** Units that have not ended, or any one of which is enough */
  left: number
  readonly done: (arrived: boolean) => void
}

/** setTimeout takes no more */
const LONGEST_MS = 2 ** 31 - 1

/** Code that waits for steps, in memory: whoever loses its connection asks again. */
export class Waiters {
  private readonly byUnit = new Map<Unit, Set<Waiter>>()
  private readonly byToken = new Map<string, Set<Waiter>>()

  /** Resolves with true when any or all of the units have ended, with false when the time is over or the execution has ended. */
  wait(token: string, units: readonly Unit[], mode: 'any' | 'all', timeoutMs: number | null): Promise<boolean> {
    return new Promise((resolve) => {
      const open = [...new Set(units.filter((unit) => unit.phase !== 'done'))]
      let timer: NodeJS.Timeout | null = null
      const waiter: Waiter = {
        token,
        left: mode === 'any' ? Math.min(1, open.length) : open.length,
        done: (arrived) => {
          if (timer !== null) clearTimeout(timer)
          for (const unit of open) this.drop(unit, waiter)
          this.byToken.get(token)?.delete(waiter)
          if (this.byToken.get(token)?.size === 0) this.byToken.delete(token)
          resolve(arrived)
        },
      }
      for (const unit of open) {
        const waiting = this.byUnit.get(unit)
        if (waiting === undefined) this.byUnit.set(unit, new Set([waiter]))
        else waiting.add(waiter)
      }
      const own = this.byToken.get(token)
      if (own === undefined) this.byToken.set(token, new Set([waiter]))
      else own.add(waiter)
      if (waiter.left === 0) return waiter.done(true)
      if (timeoutMs !== null) timer = setTimeout(() => waiter.done(false), Math.min(timeoutMs, LONGEST_MS))
    })
  }

  /** A unit has ended, and that is on disk. */
  ended(unit: Unit): void {
    for (const waiter of [...(this.byUnit.get(unit) ?? [])]) {
      waiter.left -= 1
      if (waiter.left === 0) waiter.done(true)
    }
    this.byUnit.delete(unit)
  }

  /** An execution has ended: nobody waits for it any more. */
  forget(token: string): void {
    for (const waiter of [...(this.byToken.get(token) ?? [])]) waiter.done(false)
  }

  private drop(unit: Unit, waiter: Waiter): void {
    const waiting = this.byUnit.get(unit)
    waiting?.delete(waiter)
    if (waiting?.size === 0) this.byUnit.delete(unit)
  }
}

/** Something that will happen. With an epoch it is on its way to that engine, and lost when it dies. */
interface Pending {
  at: number
  readonly epoch: number | null
  readonly act: () => void
}

/** What will happen in a schedule, besides what the engine's own timers make happen. */
export class Agenda {
  private pending: Pending[] = []

  add(at: number, act: () => void, epoch: number | null = null): void {
    this.pending.push({ at, epoch, act })
  }

  /** Moment of the first; null when there is none. */
  next(): number | null {
    return this.first()?.at ?? null
  }

  take(): { readonly at: number; readonly act: () => void } | null {
    const first = this.first()
    if (first === undefined) return null
    this.pending.splice(this.pending.indexOf(first), 1)
    return first
  }

  /** The engine died: what was on its way to it is lost. */
  forget(): void {
    this.pending = this.pending.filter(({ epoch }) => epoch === null)
  }

  /** The clock has jumped, and nothing comes earlier for it. */
  shift(byMs: number): void {
    for (const one of this.pending) one.at += byMs
  }

  private first(): Pending | undefined {
    let first = this.pending[0]
    for (const one of this.pending) if (first === undefined || one.at < first.at) first = one
    return first
  }
}

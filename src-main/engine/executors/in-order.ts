/**
 * Lets pieces of work that are done beside each other come out in the order in which they were begun: some have to wait for a disk,
 * and others have not.
 */
export class InOrder {
  #last: Promise<unknown> | null = null
  #underWay = 0

  get isIdle(): boolean {
    return this.#underWay === 0
  }

  /** What `work` answers, or its error, once all work that was begun before has come out. */
  async after<T>(work: T | Promise<T>): Promise<T> {
    const mine = this.#wait(work, this.#last)
    // Whoever asked hears of an error; those behind only wait.
    this.#last = mine.catch(() => undefined)
    try {
      return await mine
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#last = null
    }
  }

  async #wait<T>(work: T | Promise<T>, before: Promise<unknown> | null): Promise<T> {
    this.#underWay += 1
    try {
      return await work
    } finally {
      await before
    }
  }
}

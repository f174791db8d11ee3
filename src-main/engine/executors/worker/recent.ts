/** Remembers about so many texts, those that came last. */
export class Recent {
  readonly #half: number
  #newer = new Set<string>()
  #older = new Set<string>()

  constructor(count: number) {
    this.#half = Math.ceil(count / 2)
  }

  add(text: string): void {
    this.#newer.add(text)
    if (this.#newer.size < this.#half) return
    this.#older = this.#newer
    this.#newer = new Set()
  }

  has(text: string): boolean {
    return this.#newer.has(text) || this.#older.has(text)
  }
}

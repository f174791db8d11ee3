/** What must come before each name. */
export type Needs = ReadonlyMap<string, readonly string[]>

/**
 * Names in an order in which each stands after what it needs; among those that are ready, the order in which they were
 * written. What lies on a cycle, or behind one, is left out.
 */
export function topologicalOrder(needs: Needs): string[] {
  const names = [...needs.keys()]
  const position = new Map(names.map((name, i) => [name, i]))
  const waiting = names.map((name) => new Set(needs.get(name)).size)
  const dependents: number[][] = names.map(() => [])
  for (const [i, name] of names.entries()) {
    for (const need of new Set(needs.get(name))) {
      const at = position.get(need)
      if (at !== undefined) dependents[at]?.push(i)
    }
  }
  const ready = new IndexHeap()
  for (const [i, count] of waiting.entries()) if (count === 0) ready.push(i)
  const order: string[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order.push(names[next] ?? '')
    for (const dependent of dependents[next] ?? []) {
      const left = (waiting[dependent] ?? 1) - 1
      waiting[dependent] = left
      if (left === 0) ready.push(dependent)
    }
  }
  return order
}

/** Cycles among what the order left out: each as `[a, b, a]`, every step in at most one. */
export function cyclesOf(needs: Needs, ordered: readonly string[]): string[][] {
  const done = new Set(ordered)
  const cycles: string[][] = []
  for (const start of needs.keys()) {
    const trail: string[] = []
    const at = new Map<string, number>()
    let name: string | undefined = start
    while (name !== undefined && !done.has(name) && !at.has(name)) {
      at.set(name, trail.length)
      trail.push(name)
      name = needs.get(name)?.find((need) => needs.has(need) && !done.has(need))
    }
    const from = name === undefined ? undefined : at.get(name)
    if (name !== undefined && from !== undefined) cycles.push([...trail.slice(from), name])
    for (const visited of trail) done.add(visited)
  }
  return cycles
}

/** Hands out the smallest number first. */
class IndexHeap {
  readonly #items: number[] = []

  push(value: number): void {
    const items = this.#items
    let i = items.length
    items.push(value)
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = items[parent] ?? 0
      if (above <= value) break
      items[i] = above
      i = parent
    }
    items[i] = value
  }

  pop(): number | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (top === undefined || last === undefined || items.length === 0) return top
    let i = 0
    for (let child = 1; child < items.length; child = 2 * i + 1) {
      if ((items[child + 1] ?? Number.POSITIVE_INFINITY) < (items[child] ?? 0)) child++
      const below = items[child] ?? 0
      if (below >= last) break
      items[i] = below
      i = child
    }
    items[i] = last
    return top
  }
}

type Cells = Uint8Array | Uint32Array | Float64Array

const BLOCK_BITS = 16
const BLOCK = 1 << BLOCK_BITS
const MASK = BLOCK - 1

/** Numbers that only grow in count, in blocks: nothing is ever copied to make room, and no number is an object. */
export class Column {
  readonly #make: (length: number) => Cells
  readonly #blocks: Cells[] = []
  #length = 0

  constructor(make: (length: number) => Cells) {
    this.#make = make
  }

  get length(): number {
    return this.#length
  }

  /** Bytes that its blocks take */
  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + block.byteLength, 0)
  }

  push(value: number): void {
    const inBlock = this.#length & MASK
    let block = this.#blocks[this.#length >>> BLOCK_BITS]
    if (block === undefined) {
      block = this.#make(BLOCK)
      this.#blocks.push(block)
    }
    block[inBlock] = value
    this.#length += 1
  }

  get(index: number): number {
    return this.#blocks[index >>> BLOCK_BITS]?.[index & MASK] ?? 0
  }

  /** First index whose value is not below `value`; the values must ascend. */
  lowerBound(value: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.get(middle) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}

export const bytesColumn = (): Column => new Column((length) => new Uint8Array(length))
export const integerColumn = (): Column => new Column((length) => new Uint32Array(length))
export const floatColumn = (): Column => new Column((length) => new Float64Array(length))

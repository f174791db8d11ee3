const STAR = '*'.charCodeAt(0)

/**
 * Writes stars over texts in a stream of bytes, wherever its pieces end. As many stars as the text has bytes: positions
 * in a log stay what its index says. Texts may overlap.
 */
export async function* blackened(
  source: AsyncIterable<Uint8Array>,
  texts: readonly string[],
): AsyncGenerator<Uint8Array> {
  const needles = texts.map((text) => Buffer.from(text)).filter((needle) => needle.length > 0)
  // What may be the beginning of a text that ends in the next piece.
  const keep = Math.max(0, ...needles.map((needle) => needle.length - 1))
  let read: Buffer = Buffer.alloc(0)
  let shown: Buffer = Buffer.alloc(0)
  for await (const piece of source) {
    read = Buffer.concat([read, piece])
    shown = Buffer.concat([shown, piece])
    for (const needle of needles) cover(read, needle, shown)
    const ready = Math.max(0, shown.length - keep)
    if (ready > 0) yield shown.subarray(0, ready)
    read = read.subarray(ready)
    shown = shown.subarray(ready)
  }
  if (shown.length > 0) yield shown
}

function cover(read: Buffer, needle: Buffer, shown: Buffer): void {
  for (let at = read.indexOf(needle); at !== -1; at = read.indexOf(needle, at + 1)) {
    shown.fill(STAR, at, at + needle.length)
  }
}

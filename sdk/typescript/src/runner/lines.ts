/** Splits a stream of bytes into lines. Empty ones are left out. */
export function lineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = []
  return (chunk) => {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end)
      const line = parts.length === 0 ? piece : Buffer.concat([...parts, piece])
      parts = []
      from = end + 1
      if (line.length > 0) onLine(line.toString())
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
}

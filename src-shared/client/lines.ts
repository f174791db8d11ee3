/** Longest line that is read; the engine cuts its own at 64 KiB, so that a longer one is no line of an engine. */
const LINE_LIMIT = 16 * 1024 * 1024

/** Splits a stream into its non-empty lines. A last line without an end is handed out too. */
export async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > LINE_LIMIT) throw new RangeError(`A line is longer than ${LINE_LIMIT} characters.`)
    for (const line of parts) if (line !== '') yield line
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

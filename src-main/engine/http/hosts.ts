/**
 * Whether a Host header names this engine. A page on the internet can point a name of its own at 127.0.0.1 and have the
 * browser talk to us (DNS rebinding); its name then stands in this header and is refused.
 * @param port port of the listener that the request came in at
 */
export function namesThisEngine(host: string | undefined, port: number): boolean {
  if (host === undefined) return false
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?$/i.exec(host)
  const name = match?.[1]?.toLowerCase()
  if (name === undefined || !isLoopbackName(name)) return false
  return Number(match?.[2] ?? 80) === port
}

/** `localhost`, 127.0.0.0/8 and ::1, the latter in brackets or bare. */
export function isLoopbackName(name: string): boolean {
  if (name === 'localhost' || name === '::1' || name === '[::1]') return true
  const parts = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name)
  return parts?.slice(1).every((part) => Number(part) <= 255) === true
}

/** Whether a browser's Origin is a page of this engine; programs send none. */
export function isOwnOrigin(origin: string | undefined, port: number): boolean {
  if (origin === undefined) return true
  const match = /^http:\/\/(.+)$/.exec(origin)
  return namesThisEngine(match?.[1], port)
}

/** Saves a text or file under a name: the browser's download, or the desktop's save dialog. */
export function saveAs(name: string, body: Blob | string, type = 'text/plain;charset=utf-8'): void {
  const blob = typeof body === 'string' ? new Blob([body], { type }) : body
  const address = URL.createObjectURL(blob)
  saveFrom(address, name)
  // The download has its own hold on the body once it has begun.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** Saves what is at an address of the engine, e.g. a file of an asset. */
export function saveFrom(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}

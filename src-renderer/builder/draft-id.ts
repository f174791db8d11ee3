const BYTES = 16

/**
 * The identifier of the draft that changes a version of a workflow: the same in each window, so that two of them that
 * begin to type at the same time meet in one draft, and the second one is shown both texts. Another version, another draft.
 */
export async function draftIdOf(workflow: string, base: number): Promise<string> {
  const name = new TextEncoder().encode(`${workflow}\n${base}`)
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', name)).slice(0, BYTES)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  // Version 8 of RFC 9562: made from what its maker chose.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-')
}

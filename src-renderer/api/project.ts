/** The project that is there from an engine's first start. */
export const DEFAULT_PROJECT = 'default'

const KEY = 'weir.project'

/**
 * The project whose data this window shows: the one that its address names (`?project=mice`), else the one that it showed
 * before, else the one that was used last, else the default. It stays for as long as the page does: to show another one
 * is to load the page anew, so that nothing of the one before is left in memory.
 */
export const PROJECT: string = named(location.hash) ?? stored(sessionStorage) ?? stored(localStorage) ?? DEFAULT_PROJECT
keep(PROJECT)

/** The project that an address of a screen names, or null. */
export function named(address: string): string | null {
  const at = address.indexOf('?')
  return at === -1 ? null : new URLSearchParams(address.slice(at)).get('project')
}

/** Shows another project in this window, at `address` or at its Home. */
export function switchProject(name: string, address = '/'): void {
  keep(name)
  location.hash = `#${address}`
  location.reload()
}

function keep(name: string): void {
  for (const storage of [sessionStorage, localStorage]) {
    try {
      storage.setItem(KEY, name)
    } catch {
      // Full or forbidden: the choice holds until the page is loaded anew.
    }
  }
}

function stored(storage: Storage): string | null {
  try {
    return storage.getItem(KEY)
  } catch {
    return null
  }
}

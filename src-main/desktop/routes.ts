/** First parts of the addresses of screens (src-renderer/app/router.tsx); what is not here cannot be linked to. */
const AREAS = ['', 'workflows', 'drafts', 'runs', 'projects', 'doctor', 'settings'] as const
const MAX_LENGTH = 2000
/** Letters, digits and what addresses are made of: nothing that could end the address and begin something else. */
const SAFE = /^\/[\w\-.~%/]*(\?[\w\-.~%/=&+,:[\]"]*)?$/

/** Whether this is an address of a screen, such as `/runs/k3m9abcd?tab=logs`. */
export function isRoute(path: string): boolean {
  if (path.length > MAX_LENGTH || !SAFE.test(path) || path.includes('//') || path.includes('/..')) return false
  const area = path.slice(1).split(/[/?]/, 1)[0] ?? ''
  return (AREAS as readonly string[]).includes(area)
}

/** The screen that a `weir://runs/k3m9abcd` leads to; null when it leads to none. */
export function routeOfLink(link: string): string | null {
  const match = /^weir:\/{0,3}(.*)$/i.exec(link)
  if (match === null) return null
  const path = `/${(match[1] ?? '').replace(/#.*$/, '').replace(/\/$/, '')}`
  return isRoute(path) ? path : null
}

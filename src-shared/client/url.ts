import type { Route } from '../contract/index.ts'

type Values = Readonly<Record<string, unknown>>

/** Path and query of a call: `{run}` filled in and escaped (`{path*}` part by part), absent query fields left out. */
export function urlOf(route: Pick<Route, 'path' | 'id'>, params: Values = {}, query: Values = {}): string {
  const path = route.path.replace(/\{(\w+)(\*?)\}/g, (_, name: string, rest: string) => {
    const value = params[name]
    if (value === undefined || value === '') throw new TypeError(`${route.id} needs the path parameter "${name}"`)
    return rest === '' ? encodeURIComponent(textOf(value)) : pathOf(textOf(value))
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, textOf(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** A relative path as it stands in an address: its slashes stay. */
export const pathOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

/** Paths and queries hold plain values; anything else is a mistake of the program. */
function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError('a path or query holds texts, numbers and booleans only')
}

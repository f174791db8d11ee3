import { ProblemError } from '../../../src-shared/contract/index.ts'

/** Longest address that is repeated in an error. */
const SHOWN_CHARS = 200

/** The addresses that are served, to tell a wrong method from a wrong address. */
export interface KnownAddresses {
  /** @param url path with `:name` for parameters, `*` for the rest of it */
  add(methods: readonly string[], url: string): void
  methodsAt(path: string): string[]
  /** Why nothing answered at this path. */
  problem(method: string, path: string): ProblemError
}

export function knownAddresses(): KnownAddresses {
  const known = new Map<string, { form: RegExp; methods: Set<string> }>()
  const methodsAt = (path: string): string[] => {
    const matching = [...known.values()].filter(({ form }) => form.test(path))
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort()
  }
  return {
    add(methods, url) {
      const entry = known.get(url) ?? { form: formOf(url), methods: new Set<string>() }
      for (const method of methods) entry.methods.add(method)
      known.set(url, entry)
    },
    methodsAt,
    problem(method, path) {
      const methods = methodsAt(path)
      const shown = path.slice(0, SHOWN_CHARS)
      if (methods.length === 0) {
        return new ProblemError('not_found', `There is nothing at ${shown}.`, {
          fix: 'All addresses are listed at /api/docs.',
        })
      }
      return new ProblemError('method_not_allowed', `${shown} does not take ${method}.`, {
        fix: `Use ${methods.join(' or ')}.`,
      })
    },
  }
}

function formOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('/')}$`)
}

type Find = (text: string) => boolean

/**
 * RE2 as the engine has it: linear in time, so that no pattern of a stranger's workflow can hang the window. It is large,
 * so it is fetched when the first pattern is met; until then the engine alone checks.
 */
let compile: ((pattern: string) => Find) | null = null
let loading: Promise<void> | null = null
const known = new Map<string, Find | null>()

export function loadPatterns(): Promise<void> {
  loading ??= import('re2js').then(({ RE2JS }) => {
    compile = (pattern) => {
      const regex = RE2JS.compile(pattern)
      return (text) => regex.matcher(text).find()
    }
  })
  return loading
}

/** Whether the pattern is found in the text; null when that is for the engine to say. */
export function matchesPattern(pattern: string, text: string): boolean | null {
  if (compile === null) {
    void loadPatterns()
    return null
  }
  let find = known.get(pattern)
  if (find === undefined) {
    find = compiled(compile, pattern)
    known.set(pattern, find)
  }
  return find === null ? null : find(text)
}

function compiled(make: (pattern: string) => Find, pattern: string): Find | null {
  try {
    return make(pattern)
  } catch {
    return null // The engine refuses such a workflow and says why; here it only means: not checked.
  }
}

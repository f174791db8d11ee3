/*
 * Where a cursor stands in a YAML text, found by indentation from the lines around it: that also works while the text
 * cannot be read, and costs the same in a text of 10 MB.
 */

/** Lines of a text, counted from 1; the editor's own text is one. */
export interface Lines {
  readonly lines: number
  line(number: number): { readonly text: string; readonly from: number; readonly number: number }
  lineAt(offset: number): { readonly text: string; readonly from: number; readonly number: number }
}

export interface Place {
  /** Keys above; of a value also its own. Items of lists are 0. */
  readonly path: readonly (string | number)[]
  /** key: a name of a map is being typed. value: what it is set to. block: inside of a text of several lines */
  readonly kind: 'key' | 'value' | 'block'
  /** What is typed already, and where it starts */
  readonly typed: string
  readonly from: number
  /** Where the keys of this map stand; for what is written on lines of its own */
  readonly indent: number
  /** Other keys of the same map */
  readonly siblings: readonly string[]
  /** Inside of { } or [ ] */
  readonly isFlow: boolean
}

/** How far is looked for what encloses the cursor; beyond, it is taken for a step among thousands. */
const MAX_LINES = 5_000

const KEY = /^("[^"]*"|'[^']*'|[^\s#{}[\],"'&*!|>%@`-][^:#]*?|-[^\s:#][^:#]*?)\s*:(?=\s|$)/

interface Line {
  /** Columns of the dashes before it */
  readonly dashes: readonly number[]
  /** Column at which the key or value stands */
  readonly column: number
  readonly key: string | null
  /** Column behind the colon */
  readonly valueAt: number
  readonly text: string
}

function read(text: string): Line {
  const dashes: number[] = []
  let column = text.search(/\S|$/)
  while (/^-(\s|$)/.test(text.slice(column))) {
    dashes.push(column)
    column += 1 + text.slice(column + 1).search(/\S|$/)
  }
  const match = KEY.exec(text.slice(column))
  const key = match?.[1]?.replace(/^(["'])(.*)\1$/, '$2') ?? null
  return { dashes, column, key, valueAt: match === null ? column : column + match[0].length, text }
}

const isEmpty = (text: string): boolean => /^\s*(#.*)?$/.test(text)
const isBlock = (line: Line): boolean =>
  line.key !== null && /^\s*[|>][+\-0-9]*\s*(#.*)?$/.test(line.text.slice(line.valueAt))

/** Where an offset stands; null in a comment. */
export function placeAt(doc: Lines, offset: number): Place | null {
  const at = doc.lineAt(offset)
  const cursor = offset - at.from
  const before = at.text.slice(0, cursor)
  const line = read(at.text)
  const column = isEmpty(at.text) ? before.length : line.column
  const parents = parentsOf(doc, at.number, line.dashes[0] ?? column, line.dashes.length > 0)
  if (parents.block !== null) {
    const word = /\S*$/.exec(before)?.[0] ?? ''
    return {
      path: parents.block,
      kind: 'block',
      typed: word,
      from: offset - word.length,
      indent: column,
      siblings: [],
      isFlow: false,
    }
  }
  if (/(^|\s)#/.test(withoutTexts(before))) return null
  const path = [...parents.path, ...line.dashes.map(() => 0)]
  const inFlow = flowPlace(before, line, path, at.from)
  if (inFlow !== null) return { ...inFlow, indent: column }
  if (line.key !== null && cursor >= line.valueAt) {
    const typed = before.slice(line.valueAt).trimStart()
    return {
      path: [...path, line.key],
      kind: 'value',
      typed,
      from: offset - typed.length,
      indent: column,
      siblings: [],
      isFlow: false,
    }
  }
  const typed = before.slice(Math.min(column, before.length))
  const siblings = siblingsOf(doc, at.number, column)
  return {
    path,
    kind: line.dashes.length > 0 && siblings.length === 0 ? 'value' : 'key',
    typed,
    from: offset - typed.length,
    indent: column,
    siblings,
    isFlow: false,
  }
}

/** Quotes that are not closed yet hide a `#` as well. */
const withoutTexts = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?<=[\s[{,:]|^)["'].*$/g, '""')

/** The keys above a line, by falling indentation. */
function parentsOf(
  doc: Lines,
  number: number,
  column: number,
  isItem: boolean,
): { path: (string | number)[]; block: (string | number)[] | null } {
  const path: (string | number)[] = []
  let indent = column
  let mayShare = isItem
  let block = false
  const last = Math.max(1, number - MAX_LINES)
  for (let n = number - 1; n >= last && (indent > 0 || mayShare); n--) {
    const { text } = doc.line(n)
    if (isEmpty(text)) continue
    const line = read(text)
    // A list may stand as far left as the key that it belongs to.
    const isAbove = line.column < indent || (mayShare && line.column === indent && line.dashes.length === 0)
    if (isAbove && line.key !== null) {
      if (isBlock(line)) {
        // What looked like keys below is text.
        block = true
        path.length = 0
      }
      path.unshift(line.key)
      indent = line.column
      mayShare = false
    }
    const dash = line.dashes.findLast((one) => one < indent)
    if (dash !== undefined && line.column <= indent) {
      for (const one of line.dashes.toReversed()) if (one < indent) path.unshift(0)
      indent = line.dashes[0] ?? indent
      mayShare = true
    }
  }
  if (indent > 0 && last > 1) path.unshift('steps')
  return { path, block: block ? path : null }
}

/** Other keys in the same column, up and down to where the map ends. */
function siblingsOf(doc: Lines, number: number, column: number): string[] {
  const keys: string[] = []
  for (const step of [-1, 1]) {
    for (let n = number + step, seen = 0; n >= 1 && n <= doc.lines && seen < MAX_LINES; n += step, seen++) {
      const { text } = doc.line(n)
      if (isEmpty(text)) continue
      const line = read(text)
      const start = line.dashes[0] ?? line.column
      if (line.column === column && line.key !== null && (line.dashes.length === 0 || step < 0)) keys.push(line.key)
      if (start < column) break
    }
  }
  return keys
}

/** The place inside of brackets that are opened on the cursor's line; null when there are none. */
function flowPlace(
  before: string,
  line: Line,
  path: readonly (string | number)[],
  lineFrom: number,
): Omit<Place, 'indent'> | null {
  const start = line.key === null ? line.column : line.valueAt
  const opened: { isMap: boolean; keys: string[]; key: string | null }[] = []
  let word = start
  for (let i = start; i < before.length; i++) {
    const char = before[i] ?? ''
    if (before.startsWith('${{', i)) {
      const end = before.indexOf('}}', i)
      if (end < 0) break
      i = end + 1
    } else if (char === '"' || char === "'") {
      const end = before.indexOf(char, i + 1)
      if (end < 0) break
      i = end
    } else if (char === '{' || char === '[') {
      if (opened.length === 0 && before.slice(start, i).trim() !== '') return null
      opened.push({ isMap: char === '{', keys: [], key: null })
      word = i + 1
    } else if (char === '}' || char === ']') {
      opened.pop()
      word = i + 1
    } else if (char === ',') {
      const top = opened.at(-1)
      if (top !== undefined) top.key = null
      word = i + 1
    } else if (char === ':' && /\s|$/.test(before[i + 1] ?? '')) {
      const top = opened.at(-1)
      if (top !== undefined && top.key === null) {
        top.key = before
          .slice(word, i)
          .trim()
          .replace(/^(["'])(.*)\1$/, '$2')
        top.keys.push(top.key)
        word = i + 1
      }
    }
  }
  const top = opened.at(-1)
  if (top === undefined) return null
  const typed = before.slice(word).trimStart()
  const inner = opened.flatMap((one): (string | number)[] => (one.isMap ? (one.key === null ? [] : [one.key]) : [0]))
  const isKey = top.isMap && top.key === null
  return {
    path: [...path, ...(line.key === null ? [] : [line.key]), ...inner],
    kind: isKey ? 'key' : 'value',
    typed,
    from: lineFrom + before.length - typed.length,
    siblings: isKey ? top.keys : [],
    isFlow: true,
  }
}

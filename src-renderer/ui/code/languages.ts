import { yaml } from '@codemirror/lang-yaml'
import { StreamLanguage, type StringStream } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'

export type Language = 'yaml' | 'json' | 'shell' | 'text'

/** By the ending of a file's name: what is not known is text. */
export function languageOf(path: string): Language {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  if (ending === 'yaml' || ending === 'yml') return 'yaml'
  if (ending === 'json' || ending === 'geojson' || ending === 'ipynb') return 'json'
  // Scripts of every kind have comments with `#`, texts in quotes and numbers: coloured as a shell they read well.
  return /^(sh|bash|zsh|py|r|rb|pl|awk|toml|ini|cfg|conf|env|jl|mk)$/.test(ending) ? 'shell' : 'text'
}

const KEYWORDS = new Set(
  'if then else elif fi for in do done while until case esac function return exit export local set break continue trap'.split(
    ' ',
  ),
)

interface ShellState {
  /** The quote that the text is inside of, which may go over several lines */
  quote: '"' | "'" | null
}

/** A shell as far as colours need it: comments, texts, variables, numbers, words of the language. */
const shell = StreamLanguage.define<ShellState>({
  name: 'shell',
  startState: () => ({ quote: null }),
  token: (stream, state) =>
    state.quote === null ? plainToken(stream, state) : quotedToken(stream, state, state.quote),
  languageData: { commentTokens: { line: '#' } },
})

function plainToken(stream: StringStream, state: ShellState): string | null {
  if (stream.eatSpace()) return null
  if (stream.peek() === '#' && (stream.sol() || /\s/.test(stream.string[stream.pos - 1] ?? ' '))) {
    stream.skipToEnd()
    return 'comment'
  }
  if (stream.match(/^\$\{\{.*?\}\}/)) return 'variableName'
  if (stream.match(/^\$(\w+|\{[^}]*\}|[@#?*!$-])/)) return 'variableName'
  const quote = stream.match(/^["']/) as RegExpMatchArray | null
  if (quote !== null) {
    state.quote = quote[0] === '"' ? '"' : "'"
    return quotedToken(stream, state, state.quote)
  }
  if (stream.match(/^-?\d+(\.\d+)?(?![\w.])/)) return 'number'
  const word = stream.match(/^[A-Za-z_][\w-]*/) as RegExpMatchArray | null
  if (word !== null) return KEYWORDS.has(word[0]) ? 'keyword' : null
  stream.next()
  return null
}

function quotedToken(stream: StringStream, state: ShellState, quote: '"' | "'"): string {
  while (!stream.eol()) {
    const char = stream.next()
    if (char === '\\' && quote === '"') stream.next()
    else if (char === quote) {
      state.quote = null
      break
    }
  }
  return 'string'
}

const EXPRESSION = Decoration.mark({ class: 'cm-expression' })
const expressions = new MatchDecorator({ regexp: /(?<!\$)\$\{\{[^\n]*?\}\}/g, decoration: EXPRESSION })

/** Shows `${{ }}` as what it is: a value that is put in when the step runs. */
export const expressionMarks: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = expressions.createDeco(view)
    }
    update(update: ViewUpdate): void {
      this.decorations = expressions.updateDeco(update, this.decorations)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)

/** JSON is YAML, and its colours are the same. */
export function languageExtension(language: Language): Extension {
  if (language === 'yaml' || language === 'json')
    return [yaml(), EditorView.contentAttributes.of({ spellcheck: 'false' })]
  if (language === 'shell') return [shell, EditorView.contentAttributes.of({ spellcheck: 'false' })]
  return []
}

/**
 * Where a place in a shell script lies, so that a value put there is quoted for exactly that place:
 *
 *   echo HERE  "HERE"  'HERE'  $((HERE))  # HERE
 *        word  double  single  arithmetic  comment
 *
 * Other places (here-documents, backquotes, ${VAR:-HERE}, $'HERE') have no quoting that is safe for every value: they
 * are `refused` when the workflow is saved.
 */
export type ShellPlace = 'word' | 'double' | 'single' | 'arithmetic' | 'comment' | 'refused'

type Mode = 'command' | 'single' | 'double' | 'ansi' | 'backquote' | 'brace' | 'arithmetic' | 'comment' | 'heredoc'

interface Frame {
  readonly mode: Mode
  /** Open parentheses inside a command substitution or an arithmetic expression */
  parens: number
}

const PLACES: Record<Mode, ShellPlace> = {
  command: 'word',
  single: 'single',
  double: 'double',
  arithmetic: 'arithmetic',
  comment: 'comment',
  ansi: 'refused',
  backquote: 'refused',
  brace: 'refused',
  heredoc: 'refused',
}

/** `<<EOF`, `<<-'EOF'`; not the here-string `<<<`. */
const HEREDOC = /^<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([^\s;&|<>()'"]+))/

/** Reads a script piece by piece and knows where the end of what it read lies. POSIX shell with bash's quotes. */
export class ShellScanner {
  readonly #frames: Frame[] = [{ mode: 'command', parens: 0 }]
  readonly #heredocs: { delimiter: string; tabs: boolean }[] = []
  /** The last character that was read: decides whether `#` starts a comment */
  #last = '\n'
  #line = ''
  /** Something was read that cannot be followed for sure: no value is safe any more */
  #lost = false
  #afterDelimiter = false

  get place(): ShellPlace {
    return this.#lost ? 'refused' : PLACES[this.#mode]
  }

  get #mode(): Mode {
    return this.#frames.at(-1)?.mode ?? 'command'
  }

  /** Reads literal text. */
  feed(text: string): void {
    for (let i = 0; i < text.length; ) i += this.#step(text, i)
  }

  /** A value stands here: an opaque part of a word. */
  value(): void {
    if (this.#afterDelimiter) this.#lost = true
    this.#last = 'x'
    this.#line += 'x'
  }

  /** Handles what starts at `i`; answers how many characters that was. */
  #step(text: string, i: number): number {
    this.#afterDelimiter = false
    const read = this.#stepIn(this.#mode, text, i)
    this.#last = text[i + read - 1] ?? '\n'
    return read
  }

  #stepIn(mode: Mode, text: string, i: number): number {
    const char = text[i]
    if (mode === 'heredoc') return this.#heredoc(char)
    if (mode === 'comment') return char === '\n' ? this.#pop(0) : 1
    if (mode === 'single') return char === "'" ? this.#pop() : 1
    if (char === '\\') {
      // A backslash right before a value would take away its first quote.
      if (i + 1 === text.length) this.#lost = true
      return 2
    }
    if (mode === 'ansi') return char === "'" ? this.#pop() : 1
    if (mode === 'backquote') return char === '`' ? this.#pop() : 1
    if (char === '$') return this.#dollar(text, i)
    if (char === '`') return this.#push('backquote')
    if (char === '"') return mode === 'double' ? this.#pop() : this.#push('double')
    if (mode === 'double') return 1
    if (char === "'" && mode !== 'arithmetic') return this.#push('single')
    if (mode === 'brace') return char === '}' ? this.#pop() : 1
    if (mode === 'command' && text.startsWith('((', i)) return this.#push('arithmetic', 2)
    if (char === '(' || char === ')') return this.#paren(char, mode)
    return mode === 'command' ? this.#command(text, i) : 1
  }

  #dollar(text: string, i: number): number {
    if (text.startsWith('$((', i)) return this.#push('arithmetic', 3)
    if (text.startsWith('$(', i)) return this.#push('command', 2)
    if (text.startsWith('${', i)) return this.#push('brace', 2)
    if (text.startsWith("$'", i) && this.#mode !== 'double') return this.#push('ansi', 2)
    return 1
  }

  #paren(char: string, mode: Mode): number {
    const frame = this.#frames.at(-1)
    if (!frame) return 1
    if (char === '(') frame.parens++
    else if (frame.parens > 0) frame.parens--
    else if (this.#frames.length > 1) return mode === 'arithmetic' ? this.#pop(2) : this.#pop()
    return 1
  }

  #command(text: string, i: number): number {
    const char = text[i]
    if (char === '#' && /[\s;&|()]/.test(this.#last)) return this.#push('comment')
    if (char === '\n' && this.#heredocs.length > 0) {
      this.#line = ''
      return this.#push('heredoc')
    }
    // The lone `)` of a case pattern would look like the end of $( ).
    if (this.#frames.length > 1 && !/\w/.test(this.#last) && /^case\s/.test(text.slice(i, i + 5))) this.#lost = true
    if (!text.startsWith('<<', i)) return 1
    return text.startsWith('<<<', i) ? 3 : this.#openHeredoc(text, i)
  }

  #openHeredoc(text: string, i: number): number {
    const match = HEREDOC.exec(text.slice(i, i + 200))
    if (!match) {
      this.#lost = true
      return 2
    }
    this.#heredocs.push({ delimiter: match[2] ?? match[3] ?? match[4] ?? '', tabs: match[1] === '-' })
    this.#afterDelimiter = true
    return match[0].length
  }

  #heredoc(char: string | undefined): number {
    if (char !== '\n') {
      this.#line += char ?? ''
      return 1
    }
    const open = this.#heredocs[0]
    if (open && (open.tabs ? this.#line.replace(/^\t+/, '') : this.#line) === open.delimiter) this.#heredocs.shift()
    this.#line = ''
    return this.#heredocs.length === 0 ? this.#pop() : 1
  }

  #push(mode: Mode, read = 1): number {
    this.#frames.push({ mode, parens: 0 })
    return read
  }

  #pop(read = 1): number {
    this.#frames.pop()
    return read
  }
}

/**
 * A value as it stands at a place, so that the program sees exactly its characters; null when no text is safe there.
 * The caller has refused NUL, which no argument can hold.
 */
export function quoteFor(place: ShellPlace, text: string): string | null {
  switch (place) {
    case 'word':
      return `'${text.replaceAll("'", `'\\''`)}'`
    case 'single':
      return text.replaceAll("'", `'\\''`)
    case 'double':
      return text.replaceAll(/[\\"$`]/g, '\\$&')
    case 'arithmetic':
      return /^-?\d+(\.\d+)?$/.test(text) ? text : null
    case 'comment':
      return ''
    case 'refused':
      return null
  }
}

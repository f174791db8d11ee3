import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExpressionContext } from './plan.ts'
import { renderCommand } from './render.ts'
import { quoteFor, ShellScanner } from './shell.ts'

const context = (params: Record<string, string>): ExpressionContext => ({
  params,
  steps: {},
  run: { id: 'k7m2p9qx', workflow: 'w', workspace: 'main' },
})

/** What the shell hands to a program, for every argument. */
function argumentsOf(script: string): string[] {
  const output = execFileSync('/bin/sh', ['-e', '-c', script], { encoding: 'utf8', maxBuffer: 1 << 24 })
  return output.split('\0').slice(0, -1)
}

// Lone surrogates have no UTF-8 form, and NUL stands in no argument.
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
  fc.string({ unit: fc.constantFrom(...`'"\`$\\(){}!#;&|<>~*?[] \n\t=a-1`) }),
  fc.constantFrom(
    '',
    '$(touch /tmp/never)',
    '`id`',
    "'; exit 9; '",
    '"; exit 9; "',
    '-n',
    '\n',
    '$HOME',
    '*',
    '~',
    '2>x',
  ),
)

describe('values in a shell script', () => {
  it('reach the program as they are, wherever they stand', () => {
    const places = {
      word: (name: string) => [`\${{ params.${name} }}`, ''],
      double: (name: string) => [`"<\${{ params.${name} }}>"`, '<>'],
      single: (name: string) => [`'it is \${{ params.${name} }}'`, 'it is '],
      joined: (name: string) => [`pre'fix'\${{ params.${name} }}`, 'prefix'],
      nested: (name: string) => [`"$(printf '%s.' \${{ params.${name} }})"`, '.'],
      escaped: (name: string) => [`\\\\"\\"\${{ params.${name} }}"`, '\\"'],
      heredocBefore: (name: string) => [`"$(cat <<'EOF'\nit's $((\nEOF\n)"\${{ params.${name} }}`, "it's $(("],
    }
    type Place = keyof typeof places
    const item = fc.record({ text: anyText, place: fc.constantFrom(...(Object.keys(places) as Place[])) })
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), (items) => {
        const params = Object.fromEntries(items.map(({ text }, i) => [`p${i}`, text]))
        const words = items.map(({ place }, i) => places[place](`p${i}`)[0])
        const script = renderCommand(`# it's ${'${{ params.p0 }}'}\nprintf '%s\\0' ${words.join(' ')}`, context(params))
        const expected = items.map(({ text, place }) => {
          if (place === 'double') return `<${text}>`
          if (place === 'nested') return `${text}.`
          return `${places[place]('x')[1]}${text}`
        })
        expect(argumentsOf(String(script))).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('quotes a word so that any shell reads it back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(argumentsOf(`printf '%s\\0' ${quoteFor('word', text)}`)).toEqual([text])
      }),
      { numRuns: 100 },
    )
  })

  it('lets only numbers into arithmetic', () => {
    expect(renderCommand('echo $(( ${{ params.n }} + 1 ))', context({ n: '41' }))).toBe('echo $(( 41 + 1 ))')
    expect(() => renderCommand('echo $(( ${{ params.n }} ))', context({ n: 'a[$(id)]' }))).toThrow(/only a number/)
    expect(() => renderCommand('(( x = ${{ params.n }} ))', context({ n: 'a[$(id)]' }))).toThrow(/only a number/)
  })

  it('refuses a NUL, which no argument can hold', () => {
    expect(() => renderCommand('echo ${{ params.n }}', context({ n: 'a\0b' }))).toThrow(/NUL/)
    expect(() => renderCommand(['echo', '${{ params.n }}'], context({ n: 'a\0b' }))).toThrow(/NUL/)
  })
})

describe('ShellScanner', () => {
  it.each([
    ['echo ', 'word'],
    ['echo "a', 'double'],
    ['echo "a" ', 'word'],
    ["echo 'a", 'single'],
    ["echo 'a' ", 'word'],
    ['echo "\\"', 'double'],
    ["echo \\'", 'word'],
    ['echo \\', 'refused'],
    ['echo a\\\n', 'word'],
    ['echo "$(', 'word'],
    ['echo "$(echo ")")', 'double'],
    ['echo "$(echo "a" b)', 'double'],
    ['echo $((', 'arithmetic'],
    ['echo $((1 + (2 * ', 'arithmetic'],
    ['echo $((1)) ', 'word'],
    ['((', 'arithmetic'],
    ['# it', 'comment'],
    ["# it's\n", 'word'],
    ['a#b', 'word'],
    ['echo $# ', 'word'],
    ['echo `', 'refused'],
    ['echo `id` ', 'word'],
    ['echo ${X:-', 'refused'],
    ['echo ${X} ', 'word'],
    ['echo ${X#"}"} ', 'word'],
    ["echo $'a", 'refused'],
    ["echo $'a\\'b' ", 'word'],
    ['cat <<EOF\n', 'refused'],
    ['cat <<EOF > ', 'word'],
    ['cat <<EOF\n$x\nEOF\n', 'word'],
    ['cat <<EOF\n$x\nEOF ', 'refused'],
    ["cat <<-'E F'\n\t$x\n\tE F\n", 'word'],
    ['cat <<A <<B\nA\n', 'refused'],
    ['cat <<A <<B\nA\nB\n', 'word'],
    ['cat <<< ', 'word'],
    ['cat <<', 'refused'],
    ['x=$(case a in a) echo "', 'refused'],
    ['case a in a) echo "', 'double'],
  ])('%j ends in a place that is %s', (script, place) => {
    const scanner = new ShellScanner()
    scanner.feed(script)
    expect(scanner.place).toBe(place)
  })

  it('trusts nothing after a delimiter that a value is glued to', () => {
    const scanner = new ShellScanner()
    scanner.feed('cat <<EO')
    scanner.value()
    scanner.feed('\n')
    expect(scanner.place).toBe('refused')
  })

  it('reads any text to its end', () => {
    const text = fc.string({ unit: fc.constantFrom(...`'"\`$\\(){}#<-EOF \n\tcase`) })
    fc.assert(
      fc.property(text, (script) => {
        new ShellScanner().feed(script)
      }),
    )
  })
})

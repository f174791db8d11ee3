import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../contract/index.ts'
import { editDefinition } from './edit.ts'

const SOURCE = `# Head of the file

name: weather   # short

params:
  # The year
  year: {type: integer, default: 2012}   # flow
  "quoted key": 'single ''quoted'''

steps:
    # four spaces here
    split:
        run: |
            echo one
            # not a comment
            echo two
        timeout: "10m" # quoted

    stats:   # the heart
        needs: [split]   # list
        forEach:
        - a
        # between
        - b

        run: 'echo'
# tail
outputs:
  all: \${{ steps.stats.outputs.x }}
`

const comments = (text: string): string[] => text.split('\n').flatMap((line) => /#.*$/.exec(line)?.[0] ?? [])
const changed = (before: string, after: string): string[] => {
  const kept = after.split('\n')
  return before.split('\n').filter((line) => !kept.includes(line))
}

describe('editDefinition', () => {
  it.each<[string, (string | number)[], Json | undefined, string, string]>([
    ['a plain text', ['name'], 'rain', 'name: weather   # short', 'name: rain   # short'],
    ['a quoted text, which stays quoted', ['steps', 'split', 'timeout'], '20m', '"10m" # quoted', '"20m" # quoted'],
    ['a text that needs quotes', ['name'], 'a: b', 'name: weather   # short', 'name: "a: b"   # short'],
    ['a number', ['name'], 5, 'name: weather ', 'name: 5 '],
    ['a text that looks like a number', ['name'], '5', 'name: weather ', 'name: "5" '],
    [
      'an expression',
      ['outputs', 'all'],
      '${{ steps.split.outputs.y }}',
      '${{ steps.stats.outputs.x }}',
      '${{ steps.split.outputs.y }}',
    ],
    [
      'a new field',
      ['steps', 'split', 'retry'],
      { limit: 2 },
      '"10m" # quoted\n',
      '"10m" # quoted\n        retry:\n            limit: 2\n',
    ],
    ['a new top field', ['priority'], 3, 'outputs.x }}\n', 'outputs.x }}\npriority: 3\n'],
    ['a field that goes', ['steps', 'split', 'timeout'], undefined, '        timeout: "10m" # quoted\n', ''],
    [
      'a text of several lines',
      ['steps', 'stats', 'run'],
      'a\nb\n',
      "run: 'echo'",
      'run: |\n            a\n            b',
    ],
    ['a new step', ['steps', 'last'], { run: 'x' }, "run: 'echo'\n", "run: 'echo'\n    last:\n        run: x\n"],
  ])('changes %s and nothing else', (_what, path, value, from, to) => {
    expect(SOURCE).toContain(from)
    expect(editDefinition(SOURCE, [{ path, value }])).toBe(SOURCE.replace(from, () => to))
  })

  it.each<[string, string, (string | number)[], Json | undefined, string]>([
    [
      'a field of a map that is not there',
      'a:\n  b: { c:  1 }\nd:   2\n',
      ['a', 'e', 'f'],
      'x',
      'a:\n  b: { c:  1 }\n  e:\n    f: x\nd:   2\n',
    ],
    [
      'a further field in braces',
      'a: { b: 1 } # why\nd:   { e:  2 }\n',
      ['a', 'c'],
      true,
      'a: { b: 1, c: true } # why\nd:   { e:  2 }\n',
    ],
    [
      'a field in braces that goes',
      'a: {b: 1, c: 2}\nd:   { e:  2 }\n',
      ['a', 'c'],
      undefined,
      'a: {b: 1}\nd:   { e:  2 }\n',
    ],
    ['an item in brackets', "a: ['*.mjs']\nd:   { e:  2 }\n", ['a', 1], 'b', 'a: ["*.mjs", b]\nd:   { e:  2 }\n'],
    [
      'an item of a list that goes',
      'a:\n  - x\n  - y\nd:   { e:  2 }\n',
      ['a', 0],
      undefined,
      'a:\n  - y\nd:   { e:  2 }\n',
    ],
    ['an empty text', 'a: ""\n', ['a'], 'x', 'a: x\n'],
    ['a text that needed quotes', 'a: "b: c"\n', ['a'], 'x', 'a: x\n'],
    ['a text whose quotes were chosen', 'a: "b"\n', ['a'], 'x', 'a: "x"\n'],
  ])('writes %s at its place', (_what, before, path, value, after) => {
    expect(editDefinition(before, [{ path, value }])).toBe(after)
  })

  it.each<[string, (string | number)[], Json | undefined, string, string]>([
    ['a value in braces', ['params', 'year', 'default'], 'a, b', 'default: 2012', 'default: "a, b"'],
    ['an item of a list', ['steps', 'stats', 'forEach', 1], 'c', '        - b\n', '        - c\n'],
    ['a list in brackets', ['steps', 'stats', 'needs'], ['a', 'b'], '[split]   # list', '[a, b]   # list'],
    ['a further item', ['steps', 'stats', 'forEach', 2], { c: 1 }, '        - b\n', '        - b\n        - c: 1\n'],
    ['a scalar that becomes a map', ['name'], { a: 1 }, 'name: weather   # short', 'name:   # short\n    a: 1'],
    [
      'a block that becomes one line',
      ['steps', 'split', 'run'],
      'x',
      'run: |\n            echo one\n            # not a comment\n            echo two\n',
      'run: x\n',
    ],
    [
      'a map that becomes another',
      ['steps', 'stats'],
      { sleep: '5s' },
      SOURCE.slice(SOURCE.indexOf('   # the heart'), SOURCE.indexOf('# tail')),
      '   # the heart\n        sleep: 5s\n',
    ],
  ])('changes %s in the same style', (_what, path, value, from, to) => {
    expect(SOURCE).toContain(from)
    expect(editDefinition(SOURCE, [{ path, value }])).toBe(SOURCE.replace(from, () => to))
  })

  it('changes by its nodes where characters do not do, keeping comments', () => {
    const edits: [(string | number)[], Json | undefined][] = [
      [['params', 'year', 'default'], 2013],
      [['steps', 'stats', 'forEach', 1], 'c'],
      [['steps', 'stats', 'forEach', 2], 'c'],
      [
        ['steps', 'stats', 'needs'],
        ['split', 'other'],
      ],
      [['steps', 'stats', 'env', 'A'], 'x'],
    ]
    for (const [path, value] of edits) {
      const after = editDefinition(SOURCE, [{ path, value }])
      expect(
        comments(after)
          .map((comment) => comment.trim())
          .sort(),
      ).toEqual(
        comments(SOURCE)
          .map((comment) => comment.trim())
          .sort(),
      )
      expect(at(parse(after) as Json, path)).toEqual(value)
    }
  })

  it('makes several changes in turn, each on the result of the last', () => {
    const after = editDefinition(SOURCE, [
      { path: ['steps', 'new'], value: { run: 'x' } },
      { path: ['steps', 'new', 'needs'], value: ['split'] },
      { path: ['steps', 'split', 'timeout'], value: undefined },
    ])
    expect(parse(after)).toMatchObject({ steps: { new: { run: 'x', needs: ['split'] } } })
    expect(changed(SOURCE, after)).toEqual(['        timeout: "10m" # quoted'])
  })

  it('leaves a text alone when nothing changes', () => {
    expect(editDefinition(SOURCE, [{ path: ['name'], value: 'weather' }])).toBe(SOURCE)
    expect(editDefinition(SOURCE, [{ path: ['nothing', 'here'], value: undefined }])).toBe(SOURCE)
    expect(editDefinition(SOURCE, [])).toBe(SOURCE)
  })

  it('starts from an empty text, and fills an empty field', () => {
    expect(parse(editDefinition('', [{ path: ['name'], value: 'a' }]))).toEqual({ name: 'a' })
    expect(parse(editDefinition('# only this\n', [{ path: ['name'], value: 'a' }]))).toEqual({ name: 'a' })
    expect(editDefinition('name: a\nenv:\n', [{ path: ['env', 'A'], value: '1' }])).toBe('name: a\nenv:\n  A: "1"\n')
    expect(editDefinition('name:\nenv: {}\n', [{ path: ['name'], value: 'a' }])).toBe('name: a\nenv: {}\n')
    expect(editDefinition('name: a', [{ path: ['priority'], value: 1 }])).toBe('name: a\npriority: 1\n')
    expect(editDefinition('a:\r\n  b: 1\r\n', [{ path: ['a', 'b'], value: 2 }])).toBe('a:\r\n  b: 2\r\n')
  })

  it('takes away the last field of a map', () => {
    expect(parse(editDefinition('a:\n  b: 1\nc: 2\n', [{ path: ['a', 'b'], value: undefined }]))).toEqual({
      a: {},
      c: 2,
    })
  })

  it('says why a text cannot be changed', () => {
    expect(() => editDefinition('a: [', [{ path: ['a'], value: 1 }])).toThrow(/cannot be read/)
    expect(() => editDefinition('a: 1\na: 2', [{ path: ['a'], value: 1 }])).toThrow(/twice/)
    expect(() => editDefinition('a: text\n', [{ path: ['a', 'b'], value: 1 }])).toThrow(/`a` is a plain value/)
    expect(() => editDefinition('- a\n', [{ path: ['steps', 'b'], value: {} }])).toThrow(/The definition is a list/)
    const steps = 'steps:\n  - run: a\n'
    expect(() => editDefinition(steps, [{ path: ['steps', 'b'], value: {} }])).toThrow(
      /`steps` is a list, so `b` cannot/,
    )
  })

  it('always means what was asked for, and keeps all comments outside', () => {
    const paths = [
      ['name'],
      ['params', 'year', 'default'],
      ['params', 'quoted key'],
      ['steps', 'split', 'run'],
      ['steps', 'stats', 'run'],
      ['steps', 'stats', 'new'],
      ['outputs', 'all'],
      ['added'],
    ]
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }).filter((text) => !/[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff\u0085]/u.test(text)),
      fc.jsonValue({ maxDepth: 2, noUnicodeString: true }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, given) => {
        const wanted = JSON.parse(JSON.stringify(given)) as Json
        const after = editDefinition(SOURCE, [{ path, value: wanted }])
        expect(at(parse(after) as Json, path)).toEqual(wanted)
        for (const comment of comments(SOURCE))
          if (!comment.includes('not a comment')) expect(after).toContain(comment.trim())
        const back = parse(SOURCE) as Json
        const others = parse(after) as Json
        for (const other of paths) if (other !== path) expect(at(others, other)).toEqual(at(back, other))
      }),
      { numRuns: 200 },
    )
  })
})

function at(value: Json, path: readonly (string | number)[]): Json | undefined {
  let found: Json | undefined = value
  for (const part of path) {
    if (found === null || typeof found !== 'object') return undefined
    found = Array.isArray(found) ? found[Number(part)] : found[String(part)]
  }
  return found
}

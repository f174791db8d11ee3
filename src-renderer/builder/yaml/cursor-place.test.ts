import { Text } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { placeAt } from './cursor-place.ts'

/** The place of `¦` in a text. */
const at = (text: string) => {
  const offset = text.indexOf('¦')
  return placeAt(Text.of(text.replace('¦', '').split('\n')), offset)
}

const HEAD =
  'name: x\nparams:\n  year: { type: integer }\nsteps:\n  fit:\n    run: |\n      echo a\n    retry:\n      limit: 2\n'

describe('placeAt', () => {
  it.each<[string, string, (string | number)[], string, string]>([
    ['a key of the workflow', `${HEAD}¦`, [], 'key', ''],
    ['a key of the workflow that is begun', `${HEAD}out¦`, [], 'key', 'out'],
    ['a key of a step', `${HEAD}    tim¦`, ['steps', 'fit'], 'key', 'tim'],
    ['an empty line inside of a field', `${HEAD}      ¦`, ['steps', 'fit', 'retry'], 'key', ''],
    ['the name of a new step', `${HEAD}  ¦`, ['steps'], 'key', ''],
    ['a value', `${HEAD}    cache: tr¦`, ['steps', 'fit', 'cache'], 'value', 'tr'],
    ['an empty value', `${HEAD}    needs: ¦`, ['steps', 'fit', 'needs'], 'value', ''],
    ['a key in braces', `${HEAD}    resources: { cpus: 1, mem¦`, ['steps', 'fit', 'resources'], 'key', 'mem'],
    [
      'a value in braces',
      `${HEAD}    forEach: { onFailure: co¦ }`,
      ['steps', 'fit', 'forEach', 'onFailure'],
      'value',
      'co',
    ],
    ['an item in brackets', `${HEAD}    needs: [a, b¦]`, ['steps', 'fit', 'needs', 0], 'value', 'b'],
    [
      'a map in braces in a map',
      `${HEAD}    outputs:\n      a: { jso¦ }`,
      ['steps', 'fit', 'outputs', 'a'],
      'key',
      'jso',
    ],
    ['an item of a list', `${HEAD}    needs:\n      - sp¦`, ['steps', 'fit', 'needs', 0], 'value', 'sp'],
    [
      'an item of a list at the margin of its key',
      `${HEAD}    needs:\n    - sp¦`,
      ['steps', 'fit', 'needs', 0],
      'value',
      'sp',
    ],
    ['inside of a block', 'steps:\n  fit:\n    run: |\n      echo ${{ par¦', ['steps', 'fit', 'run'], 'block', 'par'],
    [
      'inside of a block that looks like YAML',
      'steps:\n  fit:\n    run: |\n      a:\n        b: c¦',
      ['steps', 'fit', 'run'],
      'block',
      'c',
    ],
    ['a key after a block', 'steps:\n  fit:\n    run: |\n      a:\n    ti¦', ['steps', 'fit'], 'key', 'ti'],
    [
      'a value with an expression',
      `${HEAD}    inputs:\n      a: \${{ par¦`,
      ['steps', 'fit', 'inputs', 'a'],
      'value',
      '${{ par',
    ],
  ])('finds %s', (_what, text, path, kind, typed) => {
    expect(at(text)).toMatchObject({ path, kind, typed })
  })

  it('knows what is there already', () => {
    expect(at(`${HEAD}    ¦\n    timeout: 1m\n  other:\n    cache: true\n`)?.siblings).toEqual([
      'retry',
      'run',
      'timeout',
    ])
    expect(at('a: { b: 1, c: 2, ¦ }')?.siblings).toEqual(['b', 'c'])
  })

  it('finds nothing in a comment', () => {
    expect(at('steps: # a ¦')).toBeNull()
    expect(at("a: 'x # y¦'")).not.toBeNull()
  })

  it('does not look through a text of any length', () => {
    const text = `steps:\n${'  s: { run: x }\n'.repeat(20_000)}  last:\n    ti¦`
    expect(at(text)?.path).toEqual(['steps', 'last'])
  })
})

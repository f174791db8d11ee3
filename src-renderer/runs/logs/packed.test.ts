import { describe, expect, test } from 'vitest'
import { pack, tried } from './packed.ts'
import { LogStore } from './store.ts'

const encoder = new TextEncoder()

function storeOf(texts: readonly string[]): LogStore {
  const store = new LogStore()
  const source = store.sourceOf('say', 1)
  for (const text of texts) {
    const bytes = encoder.encode(text)
    const special = text.includes('\u001b')
    store.append(bytes, 0, bytes.length, { at: 0, source, stream: 'stdout', partial: false, special })
  }
  return store
}

/** Numbers of the lines that match */
function matches(texts: readonly string[], expression: RegExp, lines = texts.map((_, index) => index)): number[] {
  const packed = pack(storeOf(texts), lines)
  const { source, flags } = expression
  const { hits } = tried({ id: 1, source, flags, texts: [], packed })
  return lines.filter((_, index) => hits[index] === 1)
}

describe('lines that an expression is tried on together', () => {
  test('each for itself: its begin and end are those of the line', () => {
    expect(matches(['one', 'two', 'three'], /^t/g)).toEqual([1, 2])
    expect(matches(['one', 'two', 'three'], /e$/g)).toEqual([0, 2])
    expect(matches(['ab', 'cd'], /bc/g)).toEqual([])
  })

  test('with letters of more than one byte', () => {
    expect(matches(['größe', 'naïve', '日本', 'plain'], /^na.ve$|本$/g)).toEqual([1, 2])
  })

  test('as they are shown, without the codes of colours', () => {
    expect(matches(['plain', '\u001b[31mred\u001b[0m text', 'red'], /^red/g)).toEqual([1, 2])
  })

  test('only the lines that were asked for, empty ones among them', () => {
    expect(matches(['a', '', 'a', 'b', 'a'], /^a?$/g, [1, 3, 4])).toEqual([1, 4])
  })

  test('lines that lie in several pieces of the store', () => {
    const long = 'x'.repeat(3_000_000)
    expect(matches([`${long}1`, `${long}2`, `${long}1`, 'end'], /1$|end/g)).toEqual([0, 2, 3])
  })
})

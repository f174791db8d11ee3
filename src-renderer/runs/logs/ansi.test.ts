import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastWritten, plainText, render, signOf, withCodes } from './ansi.ts'

const HIDING = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

const shown = (text: string): string =>
  render(text)
    .spans.map((span) => span.text)
    .join('')

describe('colours of a line', () => {
  test('are spans with styles; the sequences are gone', () => {
    const { spans } = render(
      'a \u001b[1;31mred\u001b[0m \u001b[48;5;21mcube\u001b[49m \u001b[38;2;1;2;300mtrue\u001b[39;22m z',
    )
    expect(spans).toEqual([
      { text: 'a ', style: null, isControl: false },
      { text: 'red', style: { bold: true, color: 1 }, isControl: false },
      { text: ' ', style: null, isControl: false },
      { text: 'cube', style: { background: '#0000ff' }, isControl: false },
      { text: ' ', style: null, isControl: false },
      { text: 'true', style: { color: '#0102ff' }, isControl: false },
      { text: ' z', style: null, isControl: false },
    ])
  })

  test('codes add to what is set, and an empty list clears', () => {
    expect(withCodes({ bold: true }, '4;97')).toEqual({ bold: true, underline: true, color: 15 })
    expect(withCodes({ bold: true, color: 1 }, '')).toBeNull()
    expect(withCodes({ bold: true, faint: true }, '22')).toBeNull()
    expect(withCodes(null, '38;9;1;2')).toBeNull()
    expect(withCodes(null, '38;5;999')).toBeNull()
  })

  test('moves of the cursor, titles and links are left out, texts of links stay', () => {
    expect(
      shown('\u001b[2K\u001b[1Gdone \u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ \u001b(Bend'),
    ).toBe('done link end')
  })

  test('a sequence without an end hides nothing that follows as text', () => {
    expect(shown('a\u001b[31')).toBe('a\u001b[31')
    expect(render('\u001b').spans).toEqual([{ text: '\u001b', style: null, isControl: true }])
  })
})

describe('what cannot be seen is shown as a sign', () => {
  test('control characters, and what turns the direction of text', () => {
    const { spans } = render('a\u0000b\u202ec\u200bd\te')
    expect(spans.map(({ text, isControl }) => (isControl ? signOf(text) : text))).toEqual([
      'a',
      '␀',
      'b',
      '‹202E›',
      'c',
      '‹200B›',
      'd\te',
    ])
  })

  test('no shown text holds a character that hides or turns text, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const visible = render(text)
          .spans.map((span) => (span.isControl ? '' : span.text))
          .join('')
        expect(visible).not.toMatch(HIDING)
        expect(shown(text)).toBe(plainText(text))
      }),
    )
  })
})

describe('a line that was written over', () => {
  test('shows what was written last', () => {
    expect(lastWritten('10%\r50%\r100%\r')).toEqual({ text: '100%', overwritten: 2 })
    expect(lastWritten('plain')).toEqual({ text: 'plain', overwritten: 0 })
  })

  test('64 KiB of hostile bytes are read in no time to speak of', () => {
    const size = 64 * 1024
    for (const evil of [
      `${'\r'.repeat(size)}x`,
      '\u001b['.repeat(size / 2),
      `\u001b]${'a'.repeat(size)}`,
      '\u001b]'.repeat(size / 2),
    ]) {
      expect(plainText(evil).length).toBeLessThanOrEqual(size + 2)
      expect(render(evil.slice(0, 4000)).spans.length).toBeLessThanOrEqual(4000)
    }
  })
})

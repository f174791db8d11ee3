import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bareExpression, parseTemplate, TemplateError } from './template.ts'

const texts = (template: string): string[] =>
  parseTemplate(template).parts.map((part) => (typeof part === 'string' ? `"${part}"` : part.text.trim()))

describe('parseTemplate', () => {
  it.each([
    ['plain', ['"plain"']],
    ['${{ a }}', ['a']],
    ['x ${{ a }} y ${{b}}', ['"x "', 'a', '" y "', 'b']],
    ['$${{ a }}', ['"${{ a }}"']],
    ['$$${{ a }}', ['"$${{ a }}"']],
    ['${{ {"a": {"b": 1}} }}', ['{"a": {"b": 1}}']],
    ['${{{"a":1}}}', ['{"a":1}']],
    ['${{ "}}" }}', ['"}}"']],
    ["${{ '\\'}}' }}", ["'\\'}}'"]],
    ['${{ r"\\" }}', ['r"\\"']],
    ['${{ """a"}}b""" }}', ['"""a"}}b"""']],
    ['$(cmd) ${VAR} ${{ a }}', ['"$(cmd) ${VAR} "', 'a']],
    ['}} ${{ a }} }}', ['"}} "', 'a', '" }}"']],
  ])('%s', (template, parts) => {
    expect(texts(template)).toEqual(parts)
  })

  it('knows a template that is one expression', () => {
    expect(parseTemplate('${{ a }}').single?.text).toBe(' a ')
    expect(parseTemplate(' ${{ a }}').single).toBeNull()
    expect(parseTemplate('$${{ a }}').hasExpressions).toBe(false)
  })

  it.each(['${{ a', '${{ "a }}', '${{ {a }}', 'x ${{ a }} ${{'])('refuses %s, which has no end', (template) => {
    expect(() => parseTemplate(template)).toThrow(TemplateError)
  })

  it('either cuts or refuses any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', '"', "'", 'r', '\\', ' ', 'a') }), (text) => {
        try {
          parseTemplate(text)
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError)
        }
      }),
    )
  })
})

describe('bareExpression', () => {
  it('takes an expression with or without braces', () => {
    expect(bareExpression('a > 1')?.text).toBe('a > 1')
    expect(bareExpression(' ${{ a > 1 }} ')?.text).toBe(' a > 1 ')
    expect(bareExpression('not ${{ a }}')).toBeNull()
    expect(bareExpression('  ')).toBeNull()
  })
})

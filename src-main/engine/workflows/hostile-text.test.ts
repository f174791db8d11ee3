import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssetFile, DefinitionProblem } from '../../../src-shared/contract/index.ts'
import { parseDefinition } from './definition.ts'
import { FILES, GOOD } from './test-definition.ts'

const digest = 'a'.repeat(64)
const problemsOf = (source: string, files: readonly AssetFile[] = FILES): DefinitionProblem[] =>
  parseDefinition(source, files).problems

describe('text from outside', () => {
  it.each([
    ['', 'empty'],
    ['# only a comment\n', 'empty'],
    ['- a\n- b\n', 'wrong_type'],
    ['just text', 'wrong_type'],
    ['name: a\n---\nname: b\n', 'yaml_documents'],
    ['name: a\nsteps: {}\n', 'empty'],
    ['['.repeat(5_000_000), 'too_deep'],
    ['{a: '.repeat(100_000), 'too_deep'],
    ['- '.repeat(100_000), 'too_deep'],
    ['? '.repeat(100_000), 'too_deep'],
    [`name: a\nsteps: {s: {run: x, inputs: {a: ${'['.repeat(70)}${']'.repeat(70)}}}}`, 'too_deep'],
    ['"'.repeat(500_000), 'yaml_syntax'],
    ['&a '.repeat(50_000), 'yaml_syntax'],
    ['- x\n'.repeat(350_000), 'too_large'],
    [`name: a\n# ${'x'.repeat(10_000_001)}`, 'too_large'],
    [`name: a\n# ${'€'.repeat(4_000_000)}`, 'too_large'],
    ['a: &a [*a]\n', 'too_deep'],
    ['a: *b\n', 'unknown_alias'],
    ['name: .inf\nsteps: {s: {run: x}}', 'not_json'],
    ['__proto__: {a: 1}\nname: a\n', 'bad_key'],
    ['? [a]\n: b\n', 'bad_key'],
    ['name: !!binary aGk=\n', 'not_json|yaml_syntax'],
    ['name: !foo a\n', 'yaml_syntax'],
  ])('%.30j gives a problem with a place', (text, code) => {
    const { plan, problems } = parseDefinition(text, [])
    expect(plan).toBeNull()
    expect(code.split('|')).toContain(problems[0]?.code)
    expect(problems[0]).toMatchObject({ severity: 'error', line: expect.any(Number), column: expect.any(Number) })
  })

  it('cannot grow without bound by aliases', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`
    const names = [...'abcdefghijkl']
    const bomb = ['z: &z [x, x]', ...names.map((name, i) => level(name, names[i - 1] ?? 'z'))].join('\n')
    expect(problemsOf(bomb)[0]?.code).toBe('too_large')
  })

  it('never throws', () => {
    const token = fc.constantFrom(
      'name: a\n',
      'steps:\n',
      '  s:\n',
      '    run: x\n',
      '    when: ',
      '${{ ',
      ' }}',
      'params.x',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      '- ',
      ': ',
      '\n',
      '  ',
      '#',
      '&a ',
      '*a',
      '|\n',
      '>\n',
      '!!str ',
      '<<: ',
      'forEach: ',
      'needs: s\n',
      '\t',
      '---\n',
      '%',
      '?',
    )
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(token, { maxLength: 40 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (source) => {
        const { plan, problems } = parseDefinition(source, FILES)
        expect(plan === null).toBe(problems.some((problem) => problem.severity === 'error'))
        for (const problem of problems)
          expect(problem).toMatchObject({
            line: expect.any(Number),
            column: expect.any(Number),
            fix: expect.stringMatching(/./),
          })
      }),
      { numRuns: 500 },
    )
  })

  it('never throws when a good definition is damaged', () => {
    fc.assert(
      fc.property(fc.nat(GOOD.length), fc.nat(12), fc.string({ maxLength: 6 }), (at, cut, put) => {
        const { plan, problems } = parseDefinition(GOOD.slice(0, at) + put + GOOD.slice(at + cut), FILES)
        expect(plan === null).toBe(problems.some((problem) => problem.severity === 'error'))
      }),
      { numRuns: 200 },
    )
  })

  it('lists a hundred problems and counts the rest', () => {
    const steps = Array.from({ length: 300 }, (_, i) => `  s${i}: {run: x, needs: [nothing]}\n`).join('')
    const problems = problemsOf(`name: a\nsteps:\n${steps}`)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)?.message).toBe('200 more problems are not listed')
  })

  it('refuses unsafe and double files', () => {
    const file = (path: string): AssetFile => ({ path, digest, size: 1 })
    const source = 'name: a\nsteps: {s: {run: x}}\n'
    for (const path of ['../a', '/a', 'a\\b', 'C:/a', '', 'a/../../b'])
      expect(problemsOf(source, [file(path)])[0]?.code).toBe('bad_path')
    expect(problemsOf(source, [file('a'), file('a')])[0]?.message).toMatch(/twice/)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src-shared/contract/index.ts'
import { compile, ExpressionError, ExpressionSyntaxError, evaluate } from './expression.ts'
import type { ExpressionContext } from './plan.ts'
import { renderString, renderText } from './render.ts'

const context: ExpressionContext = {
  params: {
    year: 2012,
    rate: 0.5,
    name: 'Ana',
    list: [1, 2, 3],
    none: null,
    map: { b: 1, a: 'x' },
    yes: true,
    empty: [],
  },
  steps: { split: { status: 'succeeded', outputs: { rows: 4, parts: { kind: 'asset', name: 'parts', files: [] } } } },
  run: { id: 'k7m2p9qx', workflow: 'weather', workspace: 'main' },
  inputs: { n: 3 },
  item: { n: 3 },
  index: 1,
}
const of = (text: string): Json => evaluate(text, context, 'steps.fit.inputs.rate')

describe('evaluate', () => {
  it.each<[string, Json]>([
    ['params.year + 1', 2013],
    ['1 + params.year', 2013],
    ['params.year - 1.5', 2010.5],
    ['params.year * 2', 4024],
    ['params.year / 2', 1006],
    ['5 / params.rate', 10],
    ['7 / 2', 3],
    ['params.year % 4 == 0', true],
    ['-params.year', -2012],
    ['item.n == 3', true],
    ['3 == item.n', true],
    ['item.n != 3', false],
    ['item.n > 2 && item.n < 3.5', true],
    ['size(params.list) > 2', true],
    ['size(params.list) + params.year', 2015],
    ['params.list[index]', 2],
    ['params.list[size(params.list) - 1]', 3],
    ['params.list.map(i, i * 2)', [2, 4, 6]],
    ['params.list.filter(i, i % 2 == 1)', [1, 3]],
    ['params.list.exists(i, i == 2)', true],
    ['params.list == [1, 2, 3]', true],
    ['2 in params.list', true],
    ['params.year in [2011, 2012]', true],
    ['params.list + [4, "x"]', [1, 2, 3, 4, 'x']],
    ['{"a": 1, "b": [params.year, 1]}', { a: 1, b: [2012, 1] }],
    ['params.none == null', true],
    ['params.name == null', false],
    ['params.year != null', true],
    ['null == 1', false],
    ['params.name + "!"', 'Ana!'],
    ['"y" + string(params.year)', 'y2012'],
    ['string(1)', '1'],
    ['int(params.year)', 2012],
    ['int("12") + 1', 13],
    ['double("1.5")', 1.5],
    ['has(params.map.a)', true],
    ['has(params.map.c)', false],
    ['params.map["b"] == 1', true],
    ['params.yes ? "a" : "b"', 'a'],
    ['range(3)', [0, 1, 2]],
    ['range(2, params.list[2] + 1)', [2, 3]],
    ['range(0)', []],
    ['join(params.list, ", ")', '1, 2, 3'],
    ['join(["a", null, true], "-")', 'a--true'],
    ['basename("a/b/c.csv")', 'c.csv'],
    ['keys(params.map)', ['a', 'b']],
    ['values(params.map)', ['x', 1]],
    ['flatten([[1], [2, 3], []])', [1, 2, 3]],
    ['sort([3, params.year, 1.5])', [1.5, 3, 2012]],
    ['sort(["b", "B", "a"])', ['B', 'a', 'b']],
    ['sum(params.list)', 6],
    ['sum([])', 0],
    ['sum(params.list) / size(params.list)', 2],
    ['min(params.list)', 1],
    ['max(params.list)', 3],
    ['max(1, params.rate)', 1],
    ['min([params.year, 1])', 1],
    ['json({"a": [1, params.none]})', '{"a":[1,null]}'],
    ['parseJson("{\\"a\\": 1}").a + 1', 2],
    ['params.name.matches("^[A-Z]")', true],
    ['"a.b".matches("^a\\\\.b$")', true],
    ['"abc".substring(item.n - 2)', 'bc'],
    ['"abc".substring(0, item.n - 1)', 'ab'],
    ['duration("90m")', '5400s'],
    ['timestamp("2012-01-01T00:00:00Z")', '2012-01-01T00:00:00.000Z'],
    ['timestamp("2012-01-01T00:00:00Z").getFullYear() == params.year', true],
    ['steps.split.outputs.rows == 4 && steps.split.status == "succeeded"', true],
    ['[1, 2.5]', [1, 2.5]],
    ['params.empty', []],
    ['size("é€😀")', 3],
  ])('%s', (text, value) => {
    expect(of(text)).toEqual(value)
  })

  it.each<[string, RegExp, RegExp]>([
    ['params.yeer', /`params` has no `yeer`/, /Did you mean `year`\?/],
    ['params.map.c', /`params.map` has no `c`/, /Known here: `b`, `a`/],
    ['params.none.x', /`params.none` is null/, /has\(/],
    ['params.list[9]', /index 9 >= size 3/, /./],
    ['params.name + params.year', /string \+ number/, /string\(x\)/],
    ['params.none + 1', /null \+ number/, /null/],
    ['1.0 / 0.0', /Infinity/, /./],
    ['9007199254740993', /2\^53/, /./],
    ['b"abc"', /bytes/, /./],
    ['int', /type/, /./],
    ['sort([1, "a"])', /only numbers or only texts/, /./],
    ['sum(["a"])', /needs numbers/, /./],
    ['min([])', /empty list/, /./],
    ['range(0.5)', /whole numbers/, /./],
    ['parseJson("{")', /parseJson/, /./],
    ['range(1000000)', /at most/, /./],
    ['range(1000).map(i, range(10000).map(j, j))', /rounds/, /./],
    ['range(2000).map(i, range(2000).exists(j, j < 0))', /rounds/, /./],
    ['"a".matches("(?=a)")', /look|unsupported/, /./],
    ['params.year(', /ends too early/, /./],
  ])('%s fails in words', (text, message, fix) => {
    const error = catchError(() => of(text))
    expect(error).toBeInstanceOf(ExpressionError)
    if (!(error instanceof ExpressionError)) return
    expect(error.message).toContain(`\`${text}\` in steps.fit.inputs.rate: `)
    expect(error.message).toMatch(message)
    expect(error.fix).toMatch(fix)
  })

  it('never lets a BigInt out', () => {
    const walk = (value: unknown): void => {
      expect(typeof value).not.toBe('bigint')
      if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk)
    }
    walk(of('{"a": [1, {"b": size(params.list)}], "c": params.list.map(i, 1)}'))
  })

  it('hands out values of the context without copying them', () => {
    expect(of('params.list')).toBe(context.params['list'])
  })

  it('computes with JSON numbers as a person expects', () => {
    const whole = fc.integer({ min: -1e6, max: 1e6 })
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const given = { ...context, params: { a, b } }
        expect(
          evaluate(
            `[params.a + ${b}, ${a} - params.b, params.a * params.b, params.a < ${b}, params.a == ${a}]`,
            given,
            'x',
          ),
        ).toEqual([a + b, a - b, a * b, a < b, true])
      }),
    )
  })

  it('fails only with its own error, whatever the text', () => {
    const part = fc.constantFrom(
      'params',
      '.year',
      '.list',
      '[0]',
      '+',
      '-',
      '*',
      '==',
      '(',
      ')',
      '{',
      '}',
      '"a"',
      '1',
      '2.5',
      ',',
      '?',
      ':',
      'size',
      ' in ',
      '.map(i, i)',
      'null',
      '!',
      '&&',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
        ),
        (text) => {
          const error = catchError(() => of(text))
          if (error !== null) expect(error).toBeInstanceOf(ExpressionError)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('survives deep and long expressions', () => {
    for (const text of [`${'('.repeat(5000)}1`, `1${'+1'.repeat(4000)}`, '['.repeat(5000), `${'a.'.repeat(4000)}b`]) {
      expect(catchError(() => of(text))).toBeInstanceOf(ExpressionError)
    }
    expect(of(`1${'+1'.repeat(900)}`)).toBe(901)
  })

  it('keeps a pattern from running away', () => {
    const text = `${'a'.repeat(50_000)}b`
    expect(evaluate('params.t.matches("^(a+)+$")', { ...context, params: { t: text } }, 'x')).toBe(false)
  })
})

describe('records with keys that mean something to JavaScript', () => {
  const HOSTILE = ['constructor', '__proto__', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', 'then', 'size']
  const values = [1, null, 'x', { constructor: null, b: [1] }, [{ constructor: 2 }]]
  const withValue = (value: Json): ExpressionContext => ({ ...context, params: { value } })
  const records = HOSTILE.flatMap((key) =>
    values.map((value): [string, Json] => [key, JSON.parse(JSON.stringify({ [key]: value, n: 7 })) as Json]),
  )
  // As JSON text: a literal with `__proto__` would set the prototype.
  records.push(['__proto__', JSON.parse('{"__proto__": {"x": [1]}, "n": 7}') as Json])

  it.each(records)('%s: come out as they went in', (key, record) => {
    const inside = withValue(record)
    const text = JSON.stringify(record)
    const json = (expression: string): string => JSON.stringify(evaluate(expression, inside, 'x'))
    expect(json('params.value')).toBe(text)
    expect(json('params')).toBe(`{"value":${text}}`)
    expect(json('[params.value, {"a": params.value, "one": 1}]')).toBe(`[${text},{"a":${text},"one":1}]`)
    expect(json('params.value.n')).toBe('7')
    const own = record as Record<string, Json>
    const others = Object.hasOwn(own, key) ? [key] : []
    expect(evaluate('size(params.value)', inside, 'x')).toBe(Object.keys(own).length)
    expect(evaluate('keys(params.value)', inside, 'x')).toEqual(['n', ...others].sort())
    expect(evaluate(`"${key}" in params.value`, inside, 'x')).toBe(others.length > 0)
    expect(renderText('${{ params.value }}', inside)).toBe(text)
  })

  it('have no keys that they were not given', () => {
    for (const key of HOSTILE) {
      expect(() => evaluate(`params.value["${key}"]`, withValue({ n: 7 }), 'x')).toThrow(ExpressionError)
      expect(() => evaluate(`params.value["${key}"]`, withValue({ n: [{ constructor: 1 }] }), 'x')).toThrow(
        ExpressionError,
      )
    }
  })

  it('keep their keys when something in them changes its form', () => {
    const value = JSON.parse('{"__proto__": {"x": 1}, "t": "2026-01-01T00:00:00Z"}') as Json
    expect(JSON.stringify(evaluate('[params.value, timestamp(params.value.t)]', withValue(value), 'x'))).toBe(
      '[{"__proto__":{"x":1},"t":"2026-01-01T00:00:00Z"},"2026-01-01T00:00:00.000Z"]',
    )
  })
})

describe('compile', () => {
  it('lists what is read', () => {
    const { reads } = compile('params.list.map(i, i + inputs["n"] + steps.split.outputs.rows) + params.table[item].x')
    expect(reads.map((read) => [read.root, ...read.path].join('.'))).toEqual([
      'params.list',
      'inputs.n',
      'steps.split.outputs.rows',
      'item',
      'params.table',
    ])
    expect(reads.at(-1)?.computed).toBe(true)
  })

  it('finds unknown names, and leaves those of loops alone', () => {
    expect(compile('x.map(y, y + z)').faults.map((fault) => fault.message)).toEqual([
      'unknown name `x`',
      'unknown name `z`',
    ])
    expect(compile('parms.a').faults[0]?.fix).toContain('Did you mean `params`?')
  })

  it('says where it cannot be read', () => {
    const error = catchError(() => compile('params.a = 1'))
    expect(error).toBeInstanceOf(ExpressionSyntaxError)
    expect(error).toMatchObject({ offset: 9, fix: 'Compare with `==`.' })
  })
})

describe('templates', () => {
  it('yield the value itself when they are one expression, otherwise text', () => {
    expect(renderString('${{ params.list }}', context, 'x')).toEqual([1, 2, 3])
    expect(renderString('${{ params.year }}', context, 'x')).toBe(2012)
    expect(renderText('${{ params.year }}', context)).toBe('2012')
    expect(
      renderText(
        'y=${{ params.year + 1 }} l=${{ params.list }} n=${{ params.none }} m=${{ params.map }} b=${{ params.yes }}',
        context,
      ),
    ).toBe('y=2013 l=[1,2,3] n= m={"b":1,"a":"x"} b=true')
    expect(renderText('$${{ params.year }}', context)).toBe('${{ params.year }}')
    expect(renderText('${{ 4 / 2 }} ${{ params.year * 1.0 }}', context)).toBe('2 2012')
  })
})

function catchError(run: () => unknown): unknown {
  try {
    run()
    return null
  } catch (error) {
    return error
  }
}

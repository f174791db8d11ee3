import { describe, expect, it } from 'vitest'
import { ABSENT, type ProblemError } from '../../../src-shared/contract/index.ts'
import { argumentsOf, checkInputs, inputNames, inputsOf } from './arguments.ts'
import { parameter } from './testing/samples.ts'

describe('inputNames', () => {
  it('keeps names, and makes names of what is none, each once', () => {
    const names = ['folds', '_x', '$from', 'in', 'x', '__', 'größe', 'a'.repeat(80), 'a'.repeat(90)]
    const made = inputNames(names.map((name) => ({ name })))
    expect(made.slice(0, 7)).toEqual(['folds', 'x', 'from', 'in_', 'x_2', 'p', 'gr__e'])
    for (const name of made) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,62}$/)
    expect(new Set(made).size).toBe(made.length)
  })
})

describe('argumentsOf', () => {
  const path = 'digits/train'
  const parameters = [
    parameter('data'),
    parameter('folds', { required: false }),
    parameter('seed', { required: false }),
  ]

  it('puts inputs into their places, and leaves out what is not given', () => {
    expect(argumentsOf({ path, parameters }, { seed: 1, data: [2] })).toEqual({ args: [[2], ABSENT, 1] })
    expect(argumentsOf({ path, parameters }, { data: null })).toEqual({ args: [null] })
    expect(argumentsOf({ path, parameters }, { data: 1, folds: ABSENT, seed: ABSENT })).toEqual({ args: [1] })
    expect(argumentsOf({ path, parameters: [] }, {})).toEqual({ args: [] })
  })

  it('spreads what takes all further arguments', () => {
    const open = [
      ...parameters.slice(0, 1),
      parameter('rest', { kind: 'variadic', required: false }),
      parameter('options', { kind: 'named', required: false }),
    ]
    expect(argumentsOf({ path, parameters: open }, { data: 1, rest: [2, 3], options: { a: 4 }, b: 5 })).toEqual({
      args: [1, 2, 3],
      named: { a: 4, b: 5 },
    })
    expect(argumentsOf({ path, parameters: open }, { data: 1 })).toEqual({ args: [1] })
    expect(inputsOf(open, { args: [1, 2, 3], named: { a: 4 } })).toEqual({ data: 1, rest: [2, 3], options: { a: 4 } })
    // A parameter that is left out keeps its place when further ones follow.
    const gap = [parameter('n', { required: false }), parameter('rest', { kind: 'variadic', required: false })]
    expect(argumentsOf({ path, parameters: gap }, { rest: [2] })).toEqual({ args: [ABSENT, 2] })
  })

  it.each([
    [{ folds: 1 }, /needs the argument data/, 'data'],
    [{ data: 1, fold: 3 }, /no parameter fold.*/, 'fold'],
  ])('refuses %j', (inputs, words, field) => {
    let thrown: unknown
    try {
      argumentsOf({ path, parameters }, inputs)
    } catch (error) {
      thrown = error
    }
    expect((thrown as ProblemError).message).toMatch(words)
    expect((thrown as ProblemError).context.field).toBe(field)
  })

  it('wants a list and a map where several arguments are meant', () => {
    const open = [parameter('rest', { kind: 'variadic' }), parameter('options', { kind: 'named' })]
    expect(() => argumentsOf({ path, parameters: open }, { rest: 1 })).toThrow(/several arguments/)
    expect(() => argumentsOf({ path, parameters: open }, { options: [1] })).toThrow(/named arguments/)
  })

  it('finds its way back to inputs, by the names that those have', () => {
    const odd = [parameter('_x'), parameter('in', { required: false })]
    expect(inputsOf(odd, { args: [1, ABSENT] })).toEqual({ x: 1 })
    expect(argumentsOf({ path, parameters: odd }, inputsOf(odd, { args: [1, 2] }))).toEqual({ args: [1, 2] })
  })
})

describe('checkInputs', () => {
  const path = 'digits/train'

  it('knows before there are values what is missing or unknown', () => {
    const parameters = [parameter('data'), parameter('rest', { kind: 'variadic' })]
    expect(() => checkInputs({ path, parameters }, ['data', 'rest'])).not.toThrow()
    expect(() => checkInputs({ path, parameters }, [])).toThrow('digits/train needs the argument data.')
    expect(() => checkInputs({ path, parameters }, ['data', 'x'])).toThrow('digits/train has no parameter x.')
    expect(() => checkInputs({ path, parameters: [parameter('all', { kind: 'named' })] }, ['x'])).not.toThrow()
  })
})

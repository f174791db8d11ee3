import { describe, expect, it } from 'vitest'
import { ABSENT, type Json, type Param, type TargetParameter } from '../../../src-shared/contract/index.ts'
import { checkParams, parseDefinition, planOf } from '../workflows/index.ts'
import { workflowOf } from './generated.ts'
import { manifest, parameter, target } from './testing/samples.ts'

const at = { version: 4, workspace: 'main', at: 10 }

const made = (...parameters: TargetParameter[]) => {
  const one = target('compare', { description: 'Compares models.\n\nSlowly: ${{ no }}', parameters })
  const version = workflowOf(manifest('digits', one), one, at)
  const { plan, definition, problems } = parseDefinition(version.source, [])
  expect(problems).toEqual([])
  return { version, plan: plan ?? planOf(version), definition }
}

const paramOf = (fields: Partial<TargetParameter>): Param | undefined =>
  made(parameter('x', fields)).definition?.params?.['x']

describe('the workflow of a target', () => {
  it('calls it in one step, pinned to the version', () => {
    const { version, plan } = made(
      parameter('folds', { schema: { type: 'integer', minimum: 2 }, required: false, default: 5 }),
    )
    expect(version).toMatchObject({
      name: 'compare',
      description: 'Compares models.\n\nSlowly: ${{ no }}',
      steps: 1,
      at: 10,
      digest: plan.digest,
      origin: { module: 'digits', target: 'compare', version: 4, language: 'python', workspace: 'main' },
    })
    expect(plan.params).toEqual({ folds: { type: 'integer', minimum: 2, default: 5 } })
    expect(plan.steps).toMatchObject([
      {
        name: 'compare',
        kind: 'target',
        target: { module: 'digits', name: 'compare', version: 4 },
        inputs: { folds: '${{ params.folds }}' },
      },
    ])
    expect(plan.outputs).toEqual({ result: '${{ steps.compare.outputs.result }}' })
  })

  it.each<[Partial<TargetParameter>, Param]>([
    [{}, { type: 'json', required: true }],
    [{ schema: { type: 'string', maxLength: 3 } }, { type: 'string', maxLength: 3, required: true }],
    [
      { schema: { type: 'string', title: 'X', enum: ['a', 'b'] }, required: false, default: 'a' },
      { type: 'string', enum: ['a', 'b'], default: 'a' },
    ],
    [
      { schema: { type: 'boolean' }, required: false, default: false },
      { type: 'boolean', default: false },
    ],
    [
      { schema: { type: 'number' }, required: false },
      { type: 'number', default: ABSENT },
    ],
    [
      { schema: { type: 'number' }, required: false, default: null },
      { type: 'number', default: null, required: false },
    ],
    [
      { schema: { type: 'array', items: { type: 'integer' } }, description: 'Neighbours' },
      { type: 'array', items: { type: 'integer' }, description: 'Neighbours', required: true },
    ],
    [
      { schema: { type: 'array', minItems: 1 } },
      { type: 'json', schema: { type: 'array', minItems: 1 }, required: true },
    ],
    [
      { schema: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, required: false, default: null },
      { type: 'json', schema: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, default: null, required: false },
    ],
    [
      { schema: { type: 'string', format: 'date' } },
      { type: 'json', schema: { type: 'string', format: 'date' }, required: true },
    ],
    [
      { schema: { $defs: { p: { type: 'integer' } }, type: 'array', items: { $ref: '#/$defs/p' } } },
      {
        type: 'json',
        schema: { $defs: { p: { type: 'integer' } }, type: 'array', items: { $ref: '#/$defs/p' } },
        required: true,
      },
    ],
    [
      { kind: 'variadic', schema: { type: 'integer' }, required: false },
      { type: 'array', items: { type: 'integer' }, default: ABSENT },
    ],
    [
      { kind: 'named', required: false },
      { type: 'object', default: ABSENT },
    ],
    // An asset, as the SDKs print it: people give a file.
    [
      {
        schema: { type: 'object', title: 'Asset', properties: { kind: { const: 'asset' }, files: { type: 'array' } } },
      },
      { type: 'file', multiple: true, required: true },
    ],
    // What cannot be read as a schema, or contradicts itself, is left out rather than refused.
    [{ schema: { type: 'no-such-type' } }, { type: 'json', required: true }],
    [{ schema: { type: 'string', pattern: '(?=a)' } }, { type: 'json', required: true }],
    [
      { schema: { type: 'integer' }, required: false, default: 'three' },
      { type: 'integer', default: ABSENT },
    ],
  ])('takes %j as %j', (fields, param) => {
    expect(paramOf(fields)).toEqual(param)
  })

  it('names what is no name, and takes values as the code means them', () => {
    const { plan } = made(
      parameter('_seed', { schema: { type: 'integer' }, required: false }),
      parameter('in', { schema: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, required: false, default: 3 }),
    )
    const values = (given: Record<string, Json>) => checkParams(plan, given).values
    expect(values({})).toEqual({ seed: ABSENT, in_: 3 })
    expect(values({ seed: 1, in_: null })).toEqual({ seed: 1, in_: null })
    expect(checkParams(plan, { in_: 'x' }).problems).toMatchObject([{ field: 'in_' }])
  })

  it('is refused in words when its name can be none', () => {
    const one = target('con')
    expect(() => workflowOf(manifest('digits', one), one, at)).toThrow(/digits\/con cannot become a workflow/)
  })
})

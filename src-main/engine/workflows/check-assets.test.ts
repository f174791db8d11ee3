import { describe, expect, it } from 'vitest'
import { parseDefinition } from './definition.ts'

const HEAD = `name: a
params: {csv: {type: file}, folder: {type: directory, required: false}, n: {type: integer, default: 1}}
`
const definition = (fields: string, more = ''): string => `${HEAD}${more}steps:
  make: {run: x, outputs: {list: {files: "*.txt"}, model: {json: m.json}}}
  each: {run: x, forEach: [1, 2], outputs: {plot: {files: p.png}}}
  use:
    ${fields}
`
const problemsOf = (source: string) => parseDefinition(source, []).problems

describe('files in a command', () => {
  it.each([
    ['run: cat ${{ steps.make.outputs.list }}', '7:18 steps.use.run', 'inputs.list'],
    ['run: cat "${{ steps.make.outputs["list"] }}"', '7:19 steps.use.run', 'inputs.list'],
    ['run: [cat, "${{ params.csv }}"]', '7:21 steps.use.run[1]', 'inputs.csv'],
    ['run: ls ${{ params.folder }}', '7:17 steps.use.run', 'inputs.folder'],
    ['{run: x, env: {F: "${{ params.csv }}"}}', '7:28 steps.use.env.F', 'inputs.csv'],
    ['run: [cat, "${{ steps.each.outputs.plot }}"]', '7:21 steps.use.run[1]', 'inputs.plot'],
    ['{run: "cat ${{ item }}", forEach: "${{ steps.make.outputs.list }}"}', '7:20 steps.use.run', 'inputs.file'],
  ])('%s', (fields, place, fix) => {
    const [problem, ...others] = problemsOf(definition(fields))
    expect(others).toEqual([])
    expect(problem).toMatchObject({ code: 'asset_as_text', severity: 'error' })
    expect(`${problem?.line}:${problem?.column} ${problem?.path}`).toBe(place)
    expect(problem?.fix).toContain(fix)
  })

  it('cannot stand in the environment of the workflow, which has no inputs', () => {
    const [problem] = problemsOf(definition('run: x', 'env: {F: "${{ params.csv }}"}\n'))
    expect(problem).toMatchObject({ code: 'asset_as_text', path: 'env.F' })
  })

  it.each([
    '{run: "cat ${{ inputs.list }}", inputs: {list: "${{ steps.make.outputs.list }}"}}',
    '{run: "echo ${{ size(steps.make.outputs.list.files) }} ${{ steps.make.outputs.list.files[0].path }}"}',
    '{run: "echo ${{ json(params.csv) }} ${{ steps.make.outputs.model }} ${{ params.n }}"}',
    '{run: "echo ${{ item }}", forEach: "${{ range(3) }}"}',
    '{run: "echo ${{ item.path }}", forEach: "${{ steps.make.outputs.list.files }}"}',
    '{approval: {message: "${{ params.csv }}"}}',
  ])('%s is fine', (fields) => expect(problemsOf(definition(fields))).toEqual([]))
})

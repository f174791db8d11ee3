import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../src-shared/definition/index.ts'
import { graphOf } from './model.ts'
import { PARAMS_NODE } from './types.ts'

const graph = (yaml: string) => graphOf(parseYaml(yaml).value)

const SOURCE = `
name: x
params:
  csv: {type: file}
  wet: {type: number}
steps:
  split:
    run: |
      # a comment
      awk -f split.awk \${{ inputs.csv }}
    inputs: {csv: "\${{ params.csv }}", size: 3}
    outputs:
      years: {files: '*.csv'}
      summary: {json: s.json}
    cache: true
  ask:
    needs: [split]
    approval:
      message: Go on with \${{ size(steps.split.outputs.summary) }}?
      form: {threshold: {type: number}}
  stats:
    forEach: {items: "\${{ steps.split.outputs.years }}", maxParallel: 4}
    image: busybox:1
    run: [awk, "\${{ inputs.year }}"]
    inputs: {year: "\${{ item }}", t: "\${{ steps.ask.outputs.threshold }}"}
    when: steps.split.status == "succeeded"
    retry: {limit: 3}
    needs: [ask, nobody]
  nap: {sleep: 5s, needs: stats}
  child: {workflow: other, inputs: {a: '\${{ steps["stats"].outputs.x }} and more'}}
`

describe('graphOf', () => {
  it('draws what each step is and does', () => {
    const { nodes } = graph(SOURCE)
    expect(nodes.map(({ id, kind, summary, image }) => [id, kind, summary, image])).toEqual([
      [PARAMS_NODE, 'params', 'What is set when a run starts', null],
      ['split', 'run', 'awk -f split.awk ${{ inputs.csv }}', null],
      ['ask', 'approval', 'Go on with ${{ size(steps.split.outputs.summary) }}?', null],
      ['stats', 'run', 'awk ${{ inputs.year }}', 'busybox:1'],
      ['nap', 'sleep', 'Waits 5s', null],
      ['child', 'workflow', 'other', null],
    ])
    expect(nodes[3]?.forEach).toEqual({ items: 'steps.split.outputs.years', maxParallel: 4 })
    expect(nodes[3]?.badges.map((badge) => badge.kind)).toEqual(['retry', 'when'])
    expect(nodes[1]?.badges.map((badge) => badge.kind)).toEqual(['cache'])
  })

  it('types the ports, and says what an input is set to where no line does', () => {
    const { nodes } = graph(SOURCE)
    expect(nodes[0]?.outputs.map(({ name, type }) => [name, type])).toEqual([
      ['csv', 'file'],
      ['wet', 'number'],
    ])
    expect(nodes[1]?.outputs.map(({ name, type }) => [name, type])).toEqual([
      ['years', 'files'],
      ['summary', 'json'],
    ])
    expect(nodes[1]?.inputs.map(({ name, value }) => [name, value])).toEqual([
      ['csv', null],
      ['size', '3'],
    ])
    expect(nodes[2]?.outputs.map(({ type }) => type)).toEqual(['number'])
    expect(nodes[3]?.inputs.map(({ name, value }) => [name, value])).toEqual([
      ['year', 'item'],
      ['t', null],
    ])
  })

  it('draws lines from what expressions read, from needs and from conditions, and none to what is not there', () => {
    expect(graph(SOURCE).edges.map((edge) => edge.id)).toEqual([
      'data:$params.csv>split.csv',
      'data:split.summary>ask.',
      'data:ask.threshold>stats.t',
      'data:split.years>stats.',
      'condition:split.>stats.',
      'order:stats.>nap.',
      'data:stats.>child.a',
    ])
  })

  it('offers the parameters of a child workflow as inputs', () => {
    const definition = { steps: { c: { workflow: 'other', inputs: { a: 1 } } } }
    const [node] = graphOf(definition, { children: new Map([['other', { a: 'integer', b: 'file' }]]) }).nodes
    expect(node?.inputs).toEqual([
      { name: 'a', type: 'integer', value: '1', isSet: true },
      { name: 'b', type: 'file', value: null, isSet: false },
    ])
  })

  it.each([
    undefined,
    null,
    3,
    'text',
    [],
    { steps: 3 },
    { steps: { a: null, b: [], c: { run: { x: 1 }, needs: { a: 1 }, inputs: 'no', forEach: 3, outputs: { o: 1 } } } },
    { steps: { a: { run: 'x', sleep: '1s', when: 'steps.', retry: 'x', resources: [] } }, params: { p: 1 } },
  ])('makes something of %j', (value) => {
    expect(graphOf(value).edges).toEqual([])
  })

  it('says in words what inputs read, instead of drawing lines from the parameters to 61 steps', () => {
    const step = { run: 'x', inputs: { p: '${{ params.p }}' } }
    const steps = Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`s${i}`, step]))
    const { nodes, edges } = graphOf({ params: { p: { type: 'string' } }, steps })
    expect(edges).toEqual([])
    expect(nodes[1]?.inputs[0]?.value).toBe('params.p')
  })
})

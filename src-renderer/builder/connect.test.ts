import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../src-shared/definition/index.ts'
import { graphOf, PARAMS_NODE } from '../graph/index.ts'
import { connection, disconnection } from './connect.ts'

const definition = parseYaml(`
params: {csv: {type: file}, key: {type: secret}}
steps:
  split: {run: x, outputs: {years: {files: '*'}, sum: {json: s.json}, note: {text: n.txt}}}
  stats: {run: y, forEach: [1], inputs: {year: "\${{ steps.split.outputs.years }}", twice: "a \${{ steps.split.outputs.sum }}"}, outputs: {s: {json: s}}}
  child: {workflow: other}
  last: {run: z, needs: [stats, split]}
  one: {run: z, needs: last}
`).value
const children = new Map([['other', { n: 'number', f: 'file', t: 'secret', l: 'array' } as const]])
const graph = graphOf(definition, { children })
const say = (from: string, to: string) => {
  const end = (text: string) => {
    const [node = '', port = null] = text.split('.')
    return { node, port }
  }
  return connection(graph, definition, end(from), end(to))
}

describe('connection', () => {
  it.each([
    ['split.sum', 'stats', ['steps', 'stats', 'inputs', 'sum'], '${{ steps.split.outputs.sum }}'],
    ['split.years', 'stats.twice', ['steps', 'stats', 'inputs', 'twice'], '${{ steps.split.outputs.years }}'],
    ['split.years', 'child.f', ['steps', 'child', 'inputs', 'f'], '${{ steps.split.outputs.years }}'],
    ['split.sum', 'child.n', ['steps', 'child', 'inputs', 'n'], '${{ steps.split.outputs.sum }}'],
    ['stats.s', 'child.l', ['steps', 'child', 'inputs', 'l'], '${{ steps.stats.outputs.s }}'],
    [`${PARAMS_NODE}.csv`, 'last', ['steps', 'last', 'inputs', 'csv'], '${{ params.csv }}'],
    ['split', 'child', ['steps', 'child', 'needs'], 'split'],
    ['child', 'last', ['steps', 'last', 'needs'], ['stats', 'split', 'child']],
  ])('%s → %s', (from, to, path, value) => {
    expect(say(from, to)).toMatchObject({ ok: true, edits: [{ path, value }] })
  })

  it.each([
    ['split', 'split', 'cannot wait for itself'],
    ['last', 'split', 'split cannot wait for last'],
    ['one', 'split', 'split cannot wait for one'],
    ['split', 'last', 'waits for split already'],
    ['split.years', 'stats.year', 'is set to steps.split.outputs.years already'],
    ['split.years', 'child.n', 'Files from split does not fit n, which is a number.'],
    ['split.note', 'child.f', 'A text from split does not fit f, which is a file.'],
    ['stats.s', 'child.n', 'The list of all results from stats does not fit n'],
    ['split.note', 'child.t', 'which is secret'],
    [`${PARAMS_NODE}.key`, 'last', 'key is secret'],
    [PARAMS_NODE, 'last', 'from one of the parameters'],
    ['split', PARAMS_NODE, 'nothing leads into them'],
    ['gone', 'last', 'no such step'],
  ])('%s → %s is refused with a sentence', (from, to, sentence) => {
    expect(say(from, to)).toMatchObject({ ok: false, sentence: expect.stringContaining(sentence) })
  })
})

describe('disconnection', () => {
  const take = (id: string) => {
    const edge = graph.edges.find((one) => one.id === id)
    if (edge === undefined) throw new Error(`no line ${id} in ${graph.edges.map((one) => one.id).join()}`)
    return disconnection(definition, edge)
  }
  it('takes away an input that is only that, and a wait', () => {
    expect(take('data:split.years>stats.year')).toMatchObject({
      edits: [{ path: ['steps', 'stats', 'inputs', 'year'], value: undefined }],
    })
    expect(take('order:split.>last.')).toMatchObject({ edits: [{ path: ['steps', 'last', 'needs'], value: 'stats' }] })
    expect(take('order:last.>one.')).toMatchObject({ edits: [{ path: ['steps', 'one', 'needs'], value: undefined }] })
  })
  it('says where a line comes from that is part of a text', () => {
    expect(take('data:split.sum>stats.twice')).toMatchObject({ ok: false, sentence: expect.stringContaining('twice') })
  })
})

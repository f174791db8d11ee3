import { readFileSync } from 'node:fs'
import { CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../../src-shared/definition/index.ts'
import { completeYaml } from './completion.ts'
import type { SchemaNode } from './schema-walk.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../resources/schema/weir.schema.json', import.meta.url), 'utf8'),
) as SchemaNode

const BASE = `name: x
params:
  year: { type: integer }
steps:
  split:
    run: ./split
    outputs: { parts: { files: "*.csv" } }
  fit:
    inputs: { rate: 1 }
    run: ./fit
`

/** Labels offered at `¦` of a text that follows the base. */
function offered(more: string, explicit = false): string[] {
  const text = BASE + more
  const pos = text.indexOf('¦')
  const doc = text.replace('¦', '')
  const context = new CompletionContext(EditorState.create({ doc }), pos, explicit)
  const know = () => ({
    schema,
    definition: parseYaml(BASE).value,
    children: new Map(),
    workflows: ['publish'],
  })
  return completeYaml(context, know)?.options.map((one) => one.label) ?? []
}

describe('completion of weir.yaml', () => {
  it('offers fields of a step that are not there yet', () => {
    const keys = offered('    ti¦')
    expect(keys).toContain('timeout')
    expect(keys).not.toContain('run')
    expect(keys).not.toContain('params')
  })

  it('offers the values that are allowed', () => {
    expect(offered('    cache: ¦', true)).toEqual(['true', 'false'])
    expect(offered('    retry: { limit: 1, on: [¦] }', true)).toEqual(['error', 'timeout', 'abandoned', 'oom'])
    expect(offered('    forEach:\n      onFailure: c¦')).toEqual(['fail', 'continue'])
  })

  it('offers names of steps, workflows and inputs', () => {
    expect(offered('    needs: ¦', true)).toEqual(['split'])
    expect(offered('    needs: [s¦]')).toEqual(['split'])
    expect(offered('    workflow: p¦')).toEqual(['publish'])
    expect(offered('    cache: { params: [¦] }', true)).toEqual(['rate'])
  })

  it('offers what expressions can read', () => {
    expect(offered('    env: { A: "${{ ¦')).toEqual(
      expect.arrayContaining(['params.year', 'inputs.rate', 'steps.split.status', 'size']),
    )
    // Files have a path only as an input.
    expect(offered('    env: { A: "${{ ¦')).not.toContain('steps.split.outputs.parts')
    expect(offered('    forEach: ${{ ¦')).toContain('steps.split.outputs.parts')
    expect(offered('    when: st¦')).toEqual(expect.arrayContaining(['steps.split.status']))
  })

  it('offers nothing for names, comments and plain texts', () => {
    expect(offered('  ¦')).toEqual([])
    expect(offered('    # ti¦')).toEqual([])
    expect(offered('    description: so¦')).toEqual([])
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src-shared/contract/index.ts'
import { evaluating } from './cel.ts'
import { parseDefinition } from './definition.ts'
import { evaluate } from './expression.ts'
import { fieldsAt } from './shape.ts'

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../../docs', name), 'utf8')
const context = { params: {}, steps: {}, run: { id: 'k7m2p9qx', workflow: 'w', workspace: 'main' } }
const files = ['scripts/split.mjs', 'data/weather.csv'].map((path) => ({ path, digest: 'a'.repeat(64), size: 1 }))

describe('docs/workflow.md', () => {
  const text = page('workflow.md')
  const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '')

  it.each(examples)('holds the valid example %#', (example) => {
    const globs = /^files: \[(\w+)\]/m.exec(example)?.[1]
    expect(
      parseDefinition(
        example,
        files.filter((file) => globs && file.path.startsWith(globs)),
      ).problems,
    ).toEqual([])
  })

  it('names every field', () => {
    for (const path of [[], ['steps', 's'], ['params', 'p']]) {
      for (const field of fieldsAt(path)) expect(text).toContain(`\`${field}\``)
    }
  })
})

describe('docs/expressions.md', () => {
  const text = page('expressions.md')
  const rows = [...text.matchAll(/^\|(?:.*\|)? `([^|]+)` \| `([^`]*)` \|$/gm)].map(
    (row) => [row[1] ?? '', row[2] ?? ''] as const,
  )

  it.each(rows)('says that %s is %s', (expression, result) => {
    expect(evaluate(expression, context, 'docs')).toEqual(JSON.parse(result) as Json)
  })

  it('names every function that Weir adds', () => {
    expect(rows.length).toBeGreaterThan(30)
    const own = evaluating.getDefinitions().functions.filter((one) => one.description !== null)
    expect(own.length).toBeGreaterThan(15)
    for (const { name } of own) expect(text).toContain(`\`${name}(`)
  })
})

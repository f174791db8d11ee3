import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { definitionSchema } from './schema.ts'

const published = join(import.meta.dirname, '../../../resources/schema/weir.schema.json')

describe('definitionSchema', () => {
  it('is what resources/schema holds; `npx vitest run -u` on this file writes it anew', async () => {
    await expect(`${JSON.stringify(definitionSchema(), null, 2)}\n`).toMatchFileSnapshot(published)
  })

  it('accepts a definition, and refuses what an editor should underline', () => {
    const validate = new Ajv2020({ strict: false }).compile(definitionSchema())
    const good =
      'name: a\nparams: {y: {type: integer}}\nsteps:\n  s: {run: [a, b], outputs: {o: {json: o.json}}, cache: true}\n'
    expect(validate(parse(good))).toBe(true)
    expect(validate(parse(good.replace('run:', 'runn:')))).toBe(false)
    expect(validate(parse(good.replace('integer', 'int')))).toBe(false)
    expect(validate(parse(good.replace('name: a\n', '')))).toBe(false)
  })

  it('describes every field', () => {
    const undescribed: string[] = []
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return
      const { type, properties } = schema as { type?: unknown; properties?: Record<string, object> }
      for (const [name, field] of type === 'object' ? Object.entries(properties ?? {}) : []) {
        if (!('description' in field)) undescribed.push(`${path}.${name}`)
      }
      for (const [key, value] of Object.entries(schema)) walk(value, `${path}.${key}`)
    }
    walk(definitionSchema(), '')
    expect(undescribed).toEqual([])
  })
})

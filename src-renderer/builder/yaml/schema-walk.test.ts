import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { helpAt, keysAt, type SchemaNode, valuesAt } from './schema-walk.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../resources/schema/weir.schema.json', import.meta.url), 'utf8'),
) as SchemaNode

describe('the schema of weir.yaml', () => {
  it('knows the keys of every level', () => {
    const keys = (path: string[]) => keysAt(schema, path).map((one) => one.key)
    expect(keys([])).toEqual(['name', 'description', 'params', 'files', 'env', 'steps', 'outputs', 'priority'])
    expect(keys(['steps', 'fit'])).toEqual(expect.arrayContaining(['run', 'retry', 'forEach']))
    expect(keys(['steps', 'fit', 'forEach'])).toEqual(['items', 'maxParallel', 'onFailure'])
    expect(keys(['steps', 'fit', 'outputs', 'a'])).toEqual(['json', 'text', 'files', 'optional'])
    expect(keys(['steps', 'ask', 'approval', 'form', 'x'])).toContain('minLength')
  })

  it('knows named values', () => {
    expect(valuesAt(schema, ['params', 'a', 'type'])).toContain('directory')
    expect(valuesAt(schema, ['steps', 'fit', 'cache'])).toEqual(['true', 'false'])
    expect(valuesAt(schema, ['steps', 'fit', 'retry', 'on', 0])).toEqual(['error', 'timeout', 'abandoned', 'oom'])
  })

  it('has help for keys, and none for names', () => {
    expect(helpAt(schema, ['steps', 'fit', 'timeout'])).toMatch(/attempt/)
    expect(helpAt(schema, ['steps', 'fit', 'retry'])).toMatch(/failure/)
    expect(helpAt(schema, ['steps', 'fit', 'inputs', 'rate'])).toBe('')
  })
})

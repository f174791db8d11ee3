import { describe, expect, it } from 'vitest'
import { Bytes, Definition, Duration, Param, Retry, Step } from '../../../src-shared/contract/index.ts'
import { faultOf, fieldOf, fieldsOf, helpOf, labelOf } from './schema-text.ts'

describe('labels and help', () => {
  it('writes names as words', () => {
    expect(labelOf('forEach')).toBe('For each')
    expect(labelOf('maxParallel')).toBe('Max parallel')
    expect(labelOf('run')).toBe('Run')
  })

  it.each([
    ['Step', Step],
    ['Definition', Definition],
    ['Param', Param],
    ['Retry', Retry],
  ])('has help for every field of %s', (_name, schema) => {
    for (const key of fieldsOf(schema)) {
      const field = fieldOf(schema, key)
      expect(field === undefined ? '' : helpOf(field), key).toMatch(/\.$/)
    }
  })
})

describe('faultOf', () => {
  it('says what to write, in the words of the contract', () => {
    expect(faultOf(Duration, '10m')).toBeNull()
    expect(faultOf(Duration, '10 minutes')).toBe('Write a duration such as 500ms, 30s, 10m, 2h, 7d or 1h30m.')
    expect(faultOf(Bytes, '2Gi')).toBeNull()
    expect(faultOf(Bytes, 'much')).toBe('Write a size such as 512Mi, 2Gi or 1GB.')
  })
})

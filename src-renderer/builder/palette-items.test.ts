import { describe, expect, it } from 'vitest'
import { basicItems, found, workflowItem } from './palette-items.ts'

const items = [...basicItems, workflowItem('wait-for-data', null)]
const ids = (search: string) => found(items, search).map((item) => item.id)

describe('found', () => {
  it('puts titles before what is only said about a step', () => {
    expect(ids('wait')).toEqual(['sleep', 'workflow:wait-for-data', 'approval'])
    expect(ids('docker')).toEqual(['container'])
  })
  it('needs every word, and takes all for none', () => {
    expect(ids('run container')).toEqual(['container'])
    expect(ids('nothing like that')).toEqual([])
    expect(ids(' ')).toEqual(items.map((item) => item.id))
  })
})

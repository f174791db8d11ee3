import { describe, expect, it } from 'vitest'
import type { Draft, DraftContent } from '../../src-shared/contract/index.ts'
import type { BackupRecord } from './backup.ts'
import { decideStart } from './opening.ts'

const content = (source: string): DraftContent => ({
  workflow: 'w',
  base: 1,
  origin: null,
  source,
  files: [],
  layout: {},
})
const draft = (source: string, revision: number): Draft => ({
  ...content(source),
  id: '3b8a2f8e-7c55-4f7b-9d1e-3a7d0f4d6a11',
  revision,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
})
const backup = (source: string, revision: number): BackupRecord => ({
  draft: '3b8a2f8e-7c55-4f7b-9d1e-3a7d0f4d6a11',
  window: 'w1',
  content: content(source),
  revision,
  at: 5,
})

describe('decideStart', () => {
  it('has nothing to start from when nothing is kept', () => {
    expect(decideStart(null, null)).toBeNull()
  })
  it('takes what the engine has', () => {
    expect(decideStart(draft('a', 2), null)).toMatchObject({ revision: 2, isUnsaved: false, theirs: null, note: null })
  })
  it('takes what a window left behind, and saves it on top of what it was made from', () => {
    const start = decideStart(draft('a', 2), backup('b', 2))
    expect(start).toMatchObject({ content: { source: 'b' }, revision: 2, isUnsaved: true, theirs: null })
    expect(start?.note).toContain('is back')
  })
  it('shows both when the engine got another text since', () => {
    const start = decideStart(draft('c', 3), backup('b', 2))
    expect(start).toMatchObject({ content: { source: 'b' }, theirs: { source: 'c', revision: 3 } })
  })
  it('asks nothing when both are the same', () => {
    expect(decideStart(draft('b', 3), backup('b', 2))).toMatchObject({ revision: 3, isUnsaved: false, theirs: null })
  })
  it('makes a draft of its own of what was never saved, or whose draft is gone', () => {
    expect(decideStart(null, backup('b', 0))).toMatchObject({ revision: 0, isUnsaved: true })
    expect(decideStart(null, backup('b', 4))?.note).toContain('thrown away')
  })
})

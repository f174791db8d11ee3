import { expect, it } from 'vitest'
import { rejection, type SuiteContext } from './context.ts'
import { digestOf, draftId, draftOf, emptyBatch, filesWith, runOf } from './samples.ts'

export function draftsSuite({ storage, reopen, reader }: SuiteContext): void {
  it('keeps a draft as it was saved last, and counts its revisions from 1', async () => {
    const first = await storage().saveDraft(draftOf(1, { origin: '/home/ana/weir.yaml', at: 5 }))
    expect(first).toEqual({
      id: draftId(1),
      workflow: 'flow',
      base: 1,
      origin: '/home/ana/weir.yaml',
      revision: 1,
      createdAt: 5,
      updatedAt: 5,
    })
    const next = draftOf(1, {
      workflow: null,
      base: null,
      source: 'steps: [', // a draft need not be readable
      files: filesWith('a'),
      layout: '{"fit":{"x":1,"y":2}}',
      revision: 1,
      at: 9,
    })
    expect(await storage().saveDraft(next)).toMatchObject({ revision: 2, createdAt: 5, updatedAt: 9, workflow: null })
    await reopen()
    const { at: _at, ...content } = next
    const kept = { ...content, revision: 2, createdAt: 5, updatedAt: 9 }
    expect(await storage().draft(draftId(1))).toEqual(kept)
    const other = await reader()
    expect(await other.draft(draftId(1))).toEqual(kept)
    await other.close()
    expect(await storage().draft(draftId(2))).toBeNull()
  })

  it('refuses a save that was not made from the newest revision, with the number of that', async () => {
    await storage().saveDraft(draftOf(1))
    await storage().saveDraft(draftOf(1, { source: 'two', revision: 1 }))
    for (const revision of [0, 1, 3]) {
      expect(await rejection(() => storage().saveDraft(draftOf(1, { source: 'mine', revision })))).toMatchObject({
        code: 'draft_conflict',
        context: { field: 'body.revision', problems: [{ revision: 2 }], fix: expect.stringContaining('2') as unknown },
      })
    }
    expect(await storage().draft(draftId(1))).toMatchObject({ source: 'two', revision: 2 })
    const gone = await rejection(() => storage().saveDraft(draftOf(7, { revision: 4 })))
    expect(gone).toMatchObject({ code: 'draft_conflict', context: { problems: [{ revision: 0 }] } })
    expect(await storage().draft(draftId(7))).toBeNull()
  })

  it('answers a save that is repeated as it did before, when nothing was saved between', async () => {
    const saved = await storage().saveDraft(draftOf(1, { at: 5 }))
    expect(await storage().saveDraft(draftOf(1, { at: 6 }))).toEqual(saved)
    await storage().saveDraft(draftOf(1, { source: 'two', revision: 1 }))
    expect(await rejection(() => storage().saveDraft(draftOf(1)))).toMatchObject({ code: 'draft_conflict' })
    expect(
      await rejection(() => storage().saveDraft(draftOf(1, { source: 'two', layout: '[]', revision: 1 }))),
    ).toMatchObject({
      code: 'draft_conflict',
    })
  })

  it('lists drafts, last changed first, page by page and of one workflow', async () => {
    for (const [n, at] of [10, 40, 20, 20, 30].entries()) {
      await storage().saveDraft(draftOf(n, { at, workflow: n === 1 ? 'other' : n === 4 ? null : 'flow' }))
    }
    await storage().saveDraft(draftOf(0, { source: 'two', revision: 1, at: 50 }))
    const all = await storage().drafts({ limit: 9 })
    expect(all.map((row) => row.id)).toEqual([0, 1, 4, 3, 2].map(draftId))
    expect(all[0]).not.toHaveProperty('source')
    const first = await storage().drafts({ limit: 3 })
    expect(first).toEqual(all.slice(0, 3))
    const last = first.at(-1)
    expect(last).toBeDefined()
    if (last !== undefined) {
      expect(await storage().drafts({ limit: 3, after: last })).toEqual(all.slice(3))
      expect((await storage().drafts({ limit: 3, after: { ...last, id: draftId(3) } })).map((row) => row.id)).toEqual(
        [3, 2].map(draftId),
      )
    }
    expect((await storage().drafts({ limit: 9, workflow: 'flow' })).map((row) => row.id)).toEqual(
      [0, 3, 2].map(draftId),
    )
    expect(await storage().drafts({ limit: 9, workflow: 'none' })).toEqual([])
  })

  it('refers to the files of drafts until they are left out, or the draft is deleted', async () => {
    const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')]
    await storage().saveDraft(draftOf(1, { files: filesWith('a', 'b') }))
    await storage().saveDraft(draftOf(2, { files: filesWith('b', 'c') }))
    expect(await storage().unreferencedBlobs([a, b, c])).toEqual([])
    await storage().saveDraft(draftOf(1, { files: filesWith('b'), revision: 1 }))
    expect(await storage().unreferencedBlobs([a, b, c])).toEqual([a])
    expect(await storage().deleteDraft(draftId(2))).toBe(true)
    expect(await storage().deleteDraft(draftId(2))).toBe(false)
    expect(await storage().draft(draftId(2))).toBeNull()
    expect(await storage().unreferencedBlobs([a, b, c])).toEqual([a, c])
  })

  it('outlives the deletion of its workflow and of all runs', async () => {
    await storage().saveDraft(draftOf(1, { files: filesWith('a') }))
    await storage().commit({ ...emptyBatch, runs: [runOf('aaaaaaaa', { status: 'failed', finishedAt: 1 })] })
    await storage().deleteRuns(await storage().expiredRuns({ keepRuns: 0, endedBefore: 99, limit: 9 }))
    await storage().deleteWorkflow('flow')
    while (await storage().compact(Number.MAX_SAFE_INTEGER));
    expect(await storage().draft(draftId(1))).toMatchObject({ workflow: 'flow' })
    expect(await storage().unreferencedBlobs([digestOf('a')])).toEqual([])
  })

  it('keeps a text of 10 MB', async () => {
    const source = 'x'.repeat(10_000_000)
    await storage().saveDraft(draftOf(1, { source }))
    await reopen()
    expect((await storage().draft(draftId(1)))?.source === source).toBe(true)
  })
}

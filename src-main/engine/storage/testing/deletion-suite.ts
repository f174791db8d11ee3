import { expect, it } from 'vitest'
import type { IdempotencyRow, RunRow } from '../storage.ts'
import { rejection, type SuiteContext } from './context.ts'
import { cacheOf, digestOf, emptyBatch, entryOf, runOf, versionOf } from './samples.ts'

export function deletionSuite(context: SuiteContext): void {
  const { storage } = context
  const ended = (id: string, finishedAt: number, more: Partial<RunRow> = {}): RunRow =>
    runOf(id, { status: 'succeeded', finishedAt, createdAt: finishedAt - 1, ...more })

  it('deletes a run with everything that only it refers to', async () => {
    const [x, y] = [digestOf('x'), digestOf('y')]
    await storage().commit({
      entries: [entryOf('aaaaaaaa', 0), entryOf('bbbbbbbb', 1), entryOf('aaaaaaaa', 2)],
      runs: [ended('aaaaaaaa', 5), ended('bbbbbbbb', 6)],
      cache: [cacheOf('ka', { run: 'aaaaaaaa' }), cacheOf('kb', { run: 'bbbbbbbb' })],
      blobs: [
        { run: 'aaaaaaaa', digest: x },
        { run: 'aaaaaaaa', digest: x },
        { run: 'aaaaaaaa', digest: y },
        { run: 'bbbbbbbb', digest: y },
      ],
      idempotency: [],
    })
    const cursor = await storage().lastCursor()
    expect(await storage().unreferencedBlobs([x, y])).toEqual([])
    await storage().deleteRuns(['aaaaaaaa', 'notknown'])
    expect(await storage().run('aaaaaaaa')).toBeNull()
    expect(await storage().journal('aaaaaaaa', 0)).toEqual([])
    expect((await storage().journalAfter(0, 9)).map((entry) => entry.run)).toEqual(['bbbbbbbb'])
    expect(await storage().cacheHit('ka', ['main'], 0)).toBeNull()
    expect(await storage().cacheHit('kb', ['main'], 0)).not.toBeNull()
    expect(await storage().unreferencedBlobs([x, y])).toEqual([x])
    expect(await storage().lastCursor()).toBe(cursor)
    await context.reopen()
    expect(await storage().commit({ ...emptyBatch, entries: [entryOf('bbbbbbbb', 3)] })).toEqual([cursor + 1])
  })

  it('deletes a run with a long journal whole', async () => {
    const entries = Array.from({ length: 5_000 }, (_, n) => entryOf('aaaaaaaa', n))
    const blobs = Array.from({ length: 3_000 }, (_, n) => ({ run: 'aaaaaaaa', digest: digestOf(`blob ${n}`) }))
    await storage().commit({ ...emptyBatch, entries, blobs, runs: [ended('aaaaaaaa', 5), ended('bbbbbbbb', 5)] })
    await storage().deleteRuns(['aaaaaaaa', 'bbbbbbbb'])
    expect(await storage().journalAfter(0, 10)).toEqual([])
    expect(await storage().unreferencedBlobs(blobs.map((blob) => blob.digest))).toHaveLength(3_000)
    expect(await storage().lastCursor()).toBe(5_000)
  })

  it('refuses an active run and then deletes none', async () => {
    await storage().commit({ ...emptyBatch, runs: [ended('aaaaaaaa', 5), runOf('bbbbbbbb', { status: 'waiting' })] })
    const refusal = await rejection(() => storage().deleteRuns(['aaaaaaaa', 'bbbbbbbb']))
    expect(refusal).toMatchObject({ code: 'run_not_finished' })
    expect(await storage().run('aaaaaaaa')).not.toBeNull()
  })

  it('counts files of workflows as references, and frees those of deleted ones with their last run', async () => {
    const files = (digest: string): string => JSON.stringify([{ path: 'a.txt', digest, size: 1 }])
    await storage().saveWorkflow(versionOf('flow', 'one', { files: files(digestOf('f1')) }))
    await storage().saveWorkflow(versionOf('flow', 'two', { files: files(digestOf('f2')) }))
    await storage().commit({ ...emptyBatch, runs: [ended('aaaaaaaa', 5, { plan: digestOf('one') })] })
    const both = [digestOf('f1'), digestOf('f2')]
    expect(await storage().unreferencedBlobs(both)).toEqual([])
    await storage().deleteWorkflow('flow')
    expect(await storage().unreferencedBlobs(both)).toEqual([digestOf('f2')])
    await storage().deleteRuns(['aaaaaaaa'])
    expect(await storage().unreferencedBlobs(both)).toEqual(both)
    expect(await storage().workflowByDigest(digestOf('one'))).toBeNull()
  })

  it('names expired runs by number and by age, oldest first', async () => {
    const rows = [ended('r1', 10), ended('r2', 20), ended('r3', 30), ended('r4', 40), runOf('live', { createdAt: 1 })]
    await storage().commit({ ...emptyBatch, runs: rows })
    const expired = (keepRuns: number, endedBefore: number, limit = 9): Promise<readonly string[]> =>
      Promise.resolve(storage().expiredRuns({ keepRuns, endedBefore, limit }))
    expect(await expired(4, 0)).toEqual([])
    expect(await expired(3, 0)).toEqual(['r1'])
    expect(await expired(0, 0)).toEqual(['r1', 'r2', 'r3', 'r4'])
    expect(await expired(0, 0, 2)).toEqual(['r1', 'r2'])
    expect(await expired(Number.POSITIVE_INFINITY, 30)).toEqual(['r1', 'r2'])
    expect(await expired(3, 30)).toEqual(['r1', 'r2'])
    expect(await expired(2, Number.NEGATIVE_INFINITY)).toEqual(['r1', 'r2'])
  })

  it('keeps the children of an active run, at any depth', async () => {
    await storage().commit({
      ...emptyBatch,
      runs: [
        runOf('top', { status: 'running' }),
        ended('child', 10, { parentRun: 'top', parentStep: 's' }),
        ended('grandkid', 9, { parentRun: 'child', parentStep: 's' }),
        ended('orphan', 8, { parentRun: 'gone', parentStep: 's' }),
      ],
    })
    expect(await storage().expiredRuns({ keepRuns: 0, endedBefore: 99, limit: 9 })).toEqual(['orphan'])
    await storage().commit({ ...emptyBatch, runs: [ended('top', 11)] })
    expect(await storage().expiredRuns({ keepRuns: 0, endedBefore: 99, limit: 9 })).toEqual([
      'orphan',
      'grandkid',
      'child',
      'top',
    ])
  })

  it('forgets idempotency keys that are old enough', async () => {
    const keyAt = (at: number): IdempotencyRow => ({ key: `at${at}`, fingerprint: 'f', answer: 1, at })
    await storage().commit({ ...emptyBatch, idempotency: [keyAt(1), keyAt(2), keyAt(3)] })
    expect(await storage().compact(3)).toBe(false)
    expect(await storage().idempotent('at2')).toBeNull()
    expect(await storage().idempotent('at3')).toEqual(keyAt(3))
  })
}

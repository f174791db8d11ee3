import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rejection, type SuiteContext } from './context.ts'
import { cacheOf, digestOf, emptyBatch, entryOf, runOf } from './samples.ts'

export function journalSuite({ storage, reopen, reader }: SuiteContext): void {
  it('counts the starts of the orchestrator, also over a restart', async () => {
    expect(await storage().bumpEpoch()).toBe(1)
    expect(await storage().bumpEpoch()).toBe(2)
    await reopen()
    expect(await storage().bumpEpoch()).toBe(3)
  })

  it('hands out growing cursors and keeps the order of entries, also over a restart', async () => {
    expect(await storage().lastCursor()).toBe(0)
    const entries = Array.from({ length: 50 }, (_, n) => entryOf(n % 2 === 0 ? 'aaaaaaaa' : 'bbbbbbbb', n))
    const cursors = await storage().commit({ ...emptyBatch, entries })
    expect(cursors).toHaveLength(50)
    expect([...cursors].sort((a, b) => a - b)).toEqual(cursors)
    await reopen()
    const more = await storage().commit({ ...emptyBatch, entries: [entryOf('aaaaaaaa', 50)] })
    expect(more[0]).toBeGreaterThan(cursors.at(-1) ?? 0)
    expect(await storage().lastCursor()).toBe(more[0])
    const all = await storage().journalAfter(0, 1000)
    expect(all).toEqual(
      [...entries, entryOf('aaaaaaaa', 50)].map((entry, n) => ({ ...entry, cursor: [...cursors, ...more][n] })),
    )
    expect(await storage().journal('aaaaaaaa', 0)).toEqual(all.filter((entry) => entry.run === 'aaaaaaaa'))
    expect(await storage().journal('aaaaaaaa', all[10]?.cursor ?? 0)).toEqual(
      all.slice(11).filter((entry) => entry.run === 'aaaaaaaa'),
    )
    expect(await storage().journalAfter(all[10]?.cursor ?? 0, 5)).toEqual(all.slice(11, 16))
  })

  it('keeps any text in an entry', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 40 }), async (texts) => {
        const before = await storage().lastCursor()
        const entries = texts.map((text) => ({ run: 'aaaaaaaa', at: 1, events: JSON.stringify([text]) }))
        await storage().commit({ ...emptyBatch, entries })
        const read = await storage().journalAfter(before, 1000)
        expect(read.map((entry) => entry.events)).toEqual(entries.map((entry) => entry.events))
      }),
      { numRuns: 50 },
    )
  })

  it('writes all of a batch or nothing of it', async () => {
    await storage().commit({ ...emptyBatch, entries: [entryOf('aaaaaaaa', 0)] })
    const cursor = await storage().lastCursor()
    const batch = {
      entries: [entryOf('aaaaaaaa', 1)],
      runs: [runOf('bbbbbbbb')],
      cache: [cacheOf('k')],
      blobs: [{ run: 'bbbbbbbb', digest: digestOf('x') }],
      idempotency: [{ key: 'i', fingerprint: 'f', answer: null, at: Number.NaN }],
    }
    await rejection(() => storage().commit(batch))
    expect(await storage().lastCursor()).toBe(cursor)
    expect(await storage().run('bbbbbbbb')).toBeNull()
    expect(await storage().cacheHit('k', ['main'], 0)).toBeNull()
    expect(await storage().unreferencedBlobs([digestOf('x')])).toEqual([digestOf('x')])
    const cursors = await storage().commit({ ...batch, idempotency: [] })
    expect(await storage().journal('aaaaaaaa', cursor)).toEqual([{ ...entryOf('aaaaaaaa', 1), cursor: cursors[0] }])
  })

  it('answers an empty batch with no cursors', async () => {
    expect(await storage().commit(emptyBatch)).toEqual([])
  })

  it('lets a reader see what is committed, while the writer goes on', async () => {
    const second = await reader()
    try {
      await storage().commit({ ...emptyBatch, entries: [entryOf('aaaaaaaa', 1)], runs: [runOf('aaaaaaaa')] })
      expect(await second.run('aaaaaaaa')).toEqual(runOf('aaaaaaaa'))
      expect(await second.journal('aaaaaaaa', 0)).toHaveLength(1)
      await storage().commit({ ...emptyBatch, entries: [entryOf('aaaaaaaa', 2)] })
      expect(await second.journal('aaaaaaaa', 0)).toHaveLength(2)
      await rejection(() => second.commit({ ...emptyBatch, entries: [entryOf('aaaaaaaa', 3)] }))
      expect(await storage().journal('aaaaaaaa', 0)).toHaveLength(2)
    } finally {
      await second.close()
    }
  })

  it('remembers the first answer to an idempotency key', async () => {
    const row = { key: 'k1', fingerprint: 'f1', answer: { run: 'aaaaaaaa', list: [1, null, 'ü'] }, at: 5 }
    await storage().commit({ ...emptyBatch, idempotency: [row] })
    await storage().commit({ ...emptyBatch, idempotency: [{ ...row, fingerprint: 'f2', answer: null }] })
    expect(await storage().idempotent('k1')).toEqual(row)
    expect(await storage().idempotent('k2')).toBeNull()
  })
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DraftContent, ProblemError } from '../../../src-shared/contract/index.ts'
import { type Blobs, openBlobStore, sweep } from '../assets/index.ts'
import { openSqlite, type ProjectStorage } from '../storage/index.ts'
import { draftId } from '../storage/testing/samples.ts'
import { createDraftService, type DraftService } from './service.ts'

let folder: string
let storage: ProjectStorage
let blobs: Blobs
let service: DraftService
let clock = 1_000

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-drafts-'))
  storage = openSqlite(join(folder, 'project.db'))
  blobs = openBlobStore(join(folder, 'blobs'))
  service = createDraftService({
    storage,
    blobs,
    save: async (draft) => storage.saveDraft({ ...draft, at: clock++ }),
    remove: async (id) => storage.deleteDraft(id),
  })
})
afterEach(async () => {
  await storage.close()
  await rm(folder, { recursive: true })
})

const content = (fields: Partial<DraftContent> = {}): DraftContent =>
  DraftContent.parse({ workflow: 'flow', base: 1, origin: null, source: 'name: flow', ...fields })

async function problemOf(run: () => Promise<unknown>): Promise<ProblemError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof ProblemError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('drafts', () => {
  it('are kept whatever is typed, with layout and files', async () => {
    const { digest, size } = await blobs.put(new TextEncoder().encode('print(1)'))
    const given = content({
      source: 'name: [unfinished',
      files: [{ path: 'a.py', digest, size }],
      layout: { fit: { x: 1.5, y: -2 } },
    })
    expect(await service.save(draftId(1), given, 0)).toMatchObject({ id: draftId(1), revision: 1, workflow: 'flow' })
    expect(await service.get(draftId(1))).toMatchObject({ ...given, revision: 1 })
  })

  it('are refused when somebody else saved since, with the newest revision', async () => {
    await service.save(draftId(1), content(), 0)
    await service.save(draftId(1), content({ source: 'theirs' }), 1)
    const problem = await problemOf(() => service.save(draftId(1), content({ source: 'mine' }), 1))
    expect(problem.toProblem()).toMatchObject({ status: 409, code: 'draft_conflict', problems: [{ revision: 2 }] })
    expect((await service.get(draftId(1))).source).toBe('theirs')
    expect(await service.save(draftId(1), content({ source: 'mine' }), 2)).toMatchObject({ revision: 3 })
  })

  it('need the bodies of their files', async () => {
    const files = [{ path: 'a.py', digest: 'a'.repeat(64), size: 3 }]
    expect(await problemOf(() => service.save(draftId(1), content({ files }), 0))).toMatchObject({
      code: 'blob_not_found',
      message: expect.stringContaining('the draft') as unknown,
    })
    expect((await service.list({ limit: 9 })).items).toEqual([])
  })

  it('are listed by pages, last changed first', async () => {
    for (const n of [1, 2, 3]) await service.save(draftId(n), content({ workflow: n === 2 ? null : 'flow' }), 0)
    await service.save(draftId(1), content({ source: 'more' }), 1)
    const first = await service.list({ limit: 2 })
    expect(first.items.map((item) => item.id)).toEqual([1, 3].map(draftId))
    expect(first.next).not.toBeNull()
    const second = await service.list({ limit: 2, cursor: first.next ?? '' })
    expect([second.items.map((item) => item.id), second.next]).toEqual([[draftId(2)], null])
    expect((await service.list({ limit: 9, workflow: 'flow' })).items.map((item) => item.id)).toEqual(
      [1, 3].map(draftId),
    )
    for (const cursor of ['', 'x.y', '12']) {
      expect((await problemOf(() => service.list({ limit: 2, cursor }))).code).toBe('bad_request')
    }
  })

  it('that are not there are said so', async () => {
    expect((await problemOf(() => service.get(draftId(1)))).code).toBe('draft_not_found')
    await service.save(draftId(1), content(), 0)
    await service.remove(draftId(1))
    expect((await problemOf(() => service.remove(draftId(1)))).code).toBe('draft_not_found')
  })

  it('and the bodies of their files survive retention', async () => {
    const kept = await blobs.put(new TextEncoder().encode('kept'))
    const loose = await blobs.put(new TextEncoder().encode('loose'))
    await service.save(draftId(1), content({ files: [{ path: 'a', ...kept }] }), 0)
    const later = Date.now() + 365 * 24 * 60 * 60 * 1000
    const sweepNow = () =>
      sweep({ storage, blobs, runsFolder: join(folder, 'runs'), keepRuns: 0, keepDays: 0, now: later })
    expect(await sweepNow()).toMatchObject({ blobs: 1, finished: true })
    expect(await blobs.stat(loose.digest)).toBeNull()
    expect((await service.get(draftId(1))).files).toEqual([{ path: 'a', ...kept }])
    expect(await blobs.stat(kept.digest)).toBe(4)
    await service.remove(draftId(1))
    expect(await sweepNow()).toMatchObject({ blobs: 1 })
  })
})

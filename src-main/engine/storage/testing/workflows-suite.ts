import { expect, it } from 'vitest'
import { rejection, type SuiteContext } from './context.ts'
import { cacheOf, digestOf, emptyBatch, runOf, versionOf } from './samples.ts'

export function cacheSuite({ storage }: SuiteContext): void {
  it('finds the newest hit in the first workspace that has one', async () => {
    const rows = [
      cacheOf('k', { workspace: 'main', at: 10, execution: 'old' }),
      cacheOf('k', { workspace: 'main', at: 30, execution: 'new' }),
      cacheOf('k', { workspace: 'dev', at: 20, execution: 'dev' }),
    ]
    await storage().commit({ ...emptyBatch, cache: rows })
    expect(await storage().cacheHit('k', ['main', 'dev'], 0)).toEqual(rows[1])
    expect((await storage().cacheHit('k', ['dev', 'main'], 0))?.execution).toBe('dev')
    expect((await storage().cacheHit('k', ['dev', 'main'], 20))?.execution).toBe('dev')
    expect((await storage().cacheHit('k', ['dev', 'main'], 21))?.execution).toBe('new')
    expect(await storage().cacheHit('k', ['dev', 'main'], 31)).toBeNull()
    expect(await storage().cacheHit('other', ['main'], 0)).toBeNull()
    expect(await storage().cacheHit('k', [], 0)).toBeNull()
  })

  it('of two with the same time takes the one that was written later', async () => {
    await storage().commit({
      ...emptyBatch,
      cache: [cacheOf('k', { execution: 'first' }), cacheOf('k', { execution: 'second' })],
    })
    expect((await storage().cacheHit('k', ['main'], 0))?.execution).toBe('second')
  })

  it('finds the nearest execution of a step for the explanation of a miss', async () => {
    await storage().commit({
      ...emptyBatch,
      cache: [
        cacheOf('a', { at: 1 }),
        cacheOf('b', { at: 3, workspace: 'dev' }),
        cacheOf('c', { at: 2 }),
        cacheOf('d', { at: 9, step: 'x' }),
      ],
    })
    expect((await storage().cacheNearest('flow', 'fit', ['main', 'dev']))?.key).toBe('b')
    expect((await storage().cacheNearest('flow', 'fit', ['main']))?.key).toBe('c')
    expect(await storage().cacheNearest('flow', 'none', ['main'])).toBeNull()
    expect(await storage().cacheNearest('none', 'fit', ['main'])).toBeNull()
  })
}

export function workflowsSuite({ storage, reopen }: SuiteContext): void {
  it('counts versions from 1 and saves the same digest once', async () => {
    const first = await storage().saveWorkflow(versionOf('flow', 'one', { at: 5 }))
    expect(first).toEqual({
      created: true,
      version: {
        ...versionOf('flow', 'one', { at: 5 }),
        layout: '{}',
        origin: null,
        version: 1,
        latest: 1,
        createdAt: 5,
      },
    })
    const same = await storage().saveWorkflow(versionOf('flow', 'one', { at: 6 }))
    expect(same).toEqual({ created: false, version: first.version })
    const second = await storage().saveWorkflow(versionOf('flow', 'two', { at: 7 }))
    expect(second.version).toMatchObject({ version: 2, latest: 2, createdAt: 5, at: 7 })
    const back = await storage().saveWorkflow(versionOf('flow', 'one', { at: 8 }))
    expect(back).toMatchObject({ created: true, version: { version: 3 } })
    await reopen()
    expect((await storage().workflow('flow'))?.version).toBe(3)
    expect(await storage().workflow('flow', 1)).toEqual({ ...first.version, latest: 3 })
    expect(await storage().workflow('flow', 4)).toBeNull()
    expect((await storage().workflowByDigest(digestOf('one')))?.version).toBe(3)
    expect((await storage().workflowVersions('flow', null, 2)).map((row) => row.version)).toEqual([3, 2])
    expect((await storage().workflowVersions('flow', 2, 2)).map((row) => row.version)).toEqual([1])
  })

  it('lists the newest version of each by name, and searches names and descriptions', async () => {
    await storage().saveWorkflow(versionOf('beta', 'b1'))
    await storage().saveWorkflow(versionOf('beta', 'b2'))
    await storage().saveWorkflow(versionOf('Alpha', 'a1', { description: 'Rainfall at 100% of stations' }))
    await storage().saveWorkflow(versionOf('gamma', 'c1'))
    const names = async (query: { search?: string; afterName?: string; limit: number }): Promise<string[]> =>
      (await storage().workflows(query)).map((row) => `${row.name}:${row.version}`)
    expect(await names({ limit: 10 })).toEqual(['Alpha:1', 'beta:2', 'gamma:1'])
    expect(await names({ limit: 2 })).toEqual(['Alpha:1', 'beta:2'])
    expect(await names({ limit: 2, afterName: 'beta' })).toEqual(['gamma:1'])
    expect(await names({ limit: 9, search: 'ETA' })).toEqual(['beta:2'])
    expect(await names({ limit: 9, search: 'rainfall' })).toEqual(['Alpha:1'])
    expect(await names({ limit: 9, search: '0%' })).toEqual(['Alpha:1'])
    expect(await names({ limit: 9, search: '%' })).toEqual(['Alpha:1'])
    expect(await names({ limit: 9, search: '_' })).toEqual([])
    expect(await names({ limit: 9, search: '\\' })).toEqual([])
  })

  it('hides a deleted workflow, keeps what runs need, and goes on counting', async () => {
    await storage().saveWorkflow(versionOf('flow', 'one'))
    await storage().saveWorkflow(versionOf('flow', 'two'))
    await storage().commit({ ...emptyBatch, runs: [runOf('aaaaaaaa', { plan: digestOf('one') })] })
    expect(await storage().deleteWorkflow('flow')).toBe(true)
    expect(await storage().deleteWorkflow('flow')).toBe(false)
    expect(await storage().deleteWorkflow('none')).toBe(false)
    expect(await storage().workflow('flow')).toBeNull()
    expect(await storage().workflow('flow', 1)).toBeNull()
    expect(await storage().workflows({ limit: 9 })).toEqual([])
    expect(await storage().workflowVersions('flow', null, 9)).toEqual([])
    expect((await storage().workflowByDigest(digestOf('one')))?.version).toBe(1)
    expect(await storage().workflowByDigest(digestOf('two'))).toBeNull()
    const again = await storage().saveWorkflow(versionOf('flow', 'two'))
    expect(again).toMatchObject({ created: true, version: { version: 3, latest: 3 } })
    expect((await storage().workflowVersions('flow', null, 9)).map((row) => row.version)).toEqual([3])
    expect(await storage().workflow('flow', 1)).toBeNull()
  })
}

export function publishingSuite({ storage, reopen }: SuiteContext): void {
  it('keeps a layout with its version: replaced by the same definition, not carried into the next', async () => {
    const [placed, moved] = ['{"s":{"x":1,"y":2}}', '{"s":{"x":3,"y":4}}']
    expect((await storage().saveWorkflow(versionOf('flow', 'one', { layout: placed }))).version.layout).toBe(placed)
    const same = await storage().saveWorkflow(versionOf('flow', 'one', { at: 99, layout: moved }))
    expect(same).toMatchObject({ created: false, version: { version: 1, layout: moved, at: 10 } })
    expect((await storage().saveWorkflow(versionOf('flow', 'one'))).version.layout).toBe(moved)
    expect(await storage().saveWorkflow(versionOf('flow', 'two'))).toMatchObject({
      created: true,
      version: { layout: '{}' },
    })
    await storage().saveWorkflow(versionOf('flow', 'two', { layout: placed }))
    await reopen()
    expect((await storage().workflow('flow', 1))?.layout).toBe(moved)
    expect((await storage().workflow('flow'))?.layout).toBe(placed)
  })

  it('refuses a version whose base is not the newest one, and names that', async () => {
    const save = (text: string, base: number, layout?: string) =>
      storage().saveWorkflow(versionOf('flow', text, { base, ...(layout === undefined ? {} : { layout }) }))
    expect(await rejection(() => save('one', 1))).toMatchObject({
      code: 'workflow_conflict',
      context: { field: 'body.base', problems: [{ version: 0 }], fix: expect.stringContaining('base 0') as unknown },
    })
    expect(await save('one', 0)).toMatchObject({ created: true, version: { version: 1 } })
    expect(await rejection(() => save('two', 0))).toMatchObject({
      code: 'workflow_conflict',
      message: expect.stringContaining('already') as unknown,
      context: { problems: [{ version: 1 }] },
    })
    expect(await save('two', 1)).toMatchObject({ created: true, version: { version: 2 } })
    expect(await rejection(() => save('three', 1))).toMatchObject({
      code: 'workflow_conflict',
      context: { problems: [{ version: 2 }], fix: expect.stringContaining('base 2') as unknown },
    })
    expect((await storage().workflow('flow'))?.version).toBe(2)
    // A call that is repeated because its answer was lost is no conflict; one that moves nodes of a newer version is.
    expect(await save('two', 1)).toMatchObject({ created: false, version: { version: 2 } })
    expect(await rejection(() => save('two', 1, '{"s":{"x":1,"y":2}}'))).toMatchObject({ code: 'workflow_conflict' })
    expect(await save('two', 2, '{"s":{"x":1,"y":2}}')).toMatchObject({ created: false })
    await storage().deleteWorkflow('flow')
    expect(await rejection(() => save('three', 2))).toMatchObject({ context: { problems: [{ version: 0 }] } })
    expect(await save('three', 0)).toMatchObject({ created: true, version: { version: 3 } })
  })

  it('answers the version that is preferred among those with the same digest, also after a deletion', async () => {
    for (const text of ['one', 'two', 'one']) await storage().saveWorkflow(versionOf('flow', text))
    await storage().commit({ ...emptyBatch, runs: [runOf('aaaaaaaa', { plan: digestOf('one'), version: 1 })] })
    const version = async (prefer?: number) => (await storage().workflowByDigest(digestOf('one'), prefer))?.version
    expect([await version(), await version(1), await version(3), await version(2)]).toEqual([3, 1, 3, 3])
    await storage().deleteWorkflow('flow')
    expect([await version(), await version(1)]).toEqual([3, 1])
  })

  it('knows the newest run of each workflow, in any version and state', async () => {
    await storage().commit({
      ...emptyBatch,
      runs: [
        runOf('aaaaaaaa', { workflow: 'a', createdAt: 5, status: 'succeeded', finishedAt: 9 }),
        runOf('aaaaaaab', { workflow: 'a', createdAt: 7, version: 2 }),
        runOf('aaaaaaac', { workflow: 'a', createdAt: 6 }),
        runOf('bbbbbbbb', { workflow: 'b', createdAt: 5 }),
        runOf('bbbbbbbc', { workflow: 'b', createdAt: 5 }),
        runOf('cccccccc', { workflow: 'c' }),
      ],
    })
    const last = await storage().lastRuns(['a', 'none', 'b'])
    expect(last.map((row) => row.id).sort()).toEqual(['aaaaaaab', 'bbbbbbbc'])
    expect(last.find((row) => row.workflow === 'a')).toEqual(
      runOf('aaaaaaab', { workflow: 'a', createdAt: 7, version: 2 }),
    )
    expect(await storage().lastRuns([])).toEqual([])
  })
}

import { expect, it } from 'vitest'
import { rejection, type SuiteContext } from './context.ts'
import { cacheOf, emptyBatch, runOf, workspaceOf } from './samples.ts'

export function workspacesSuite({ storage, reopen, reader }: SuiteContext): void {
  const names = async (): Promise<string[]> => (await storage().workspaces()).map(({ name }) => name)

  it('starts with main, which is nobody’s child', async () => {
    expect(await storage().workspaces()).toMatchObject([
      { id: 'main', name: 'main', base: null, paused: false, archivedAt: null },
    ])
  })

  it('keeps and changes workspaces, and readers see them', async () => {
    await storage().saveWorkspace(workspaceOf('dev', { name: 'dev/ana', paused: true, createdAt: Date.now() + 1e6 }))
    await reopen()
    const reading = await reader()
    expect((await reading.workspaces())[1]).toMatchObject({ id: 'dev', name: 'dev/ana', base: 'main', paused: true })
    await storage().saveWorkspace(workspaceOf('dev', { name: 'dev/bo', archivedAt: 7 }))
    expect((await reading.workspaces())[1]).toMatchObject({ name: 'dev/bo', paused: false, archivedAt: 7 })
    await reading.close()
  })

  it('deletes one that is empty, and no other', async () => {
    await storage().saveWorkspace(workspaceOf('dev'))
    await storage().saveWorkspace(workspaceOf('child', { base: 'dev' }))
    expect(await rejection(() => storage().deleteWorkspace('dev'))).toMatchObject({ code: 'workspace_in_use' })
    await storage().commit({ ...emptyBatch, runs: [runOf('aaaaaaaa', { rerunIn: ' child ' })] })
    expect(await rejection(() => storage().deleteWorkspace('child'))).toMatchObject({ code: 'workspace_in_use' })
    expect(await rejection(() => storage().deleteWorkspace('main'))).toMatchObject({ code: 'workspace_in_use' })
    await storage().commit({
      ...emptyBatch,
      runs: [runOf('aaaaaaaa', { status: 'failed', finishedAt: 9, rerunIn: '' })],
    })
    await storage().deleteWorkspace('child')
    await storage().deleteWorkspace('dev')
    expect(await names()).toEqual(['main'])
  })

  it('tells identifiers that something still names', async () => {
    await storage().commit({
      ...emptyBatch,
      runs: [runOf('aaaaaaaa', { workspace: 'one', rerunIn: ' two three ' })],
      cache: [cacheOf('k', { workspace: 'four' })],
    })
    const used = async (id: string): Promise<boolean> => storage().isWorkspaceUsed(id)
    for (const id of ['main', 'one', 'two', 'three', 'four']) expect(await used(id)).toBe(true)
    for (const id of ['thre', 'five']) expect(await used(id)).toBe(false)
  })

  it('finds runs of a workspace, and counts what goes on where', async () => {
    const at = (createdAt: number, fields: object) => runOf(`aaaaaaa${createdAt}`, { createdAt, ...fields })
    await storage().commit({
      ...emptyBatch,
      runs: [
        at(2, {}),
        at(3, { workspace: 'dev' }),
        at(4, { rerunIn: ' dev ' }),
        at(5, { rerunIn: ' dev main ' }),
        at(6, { workspace: 'dev', status: 'succeeded', finishedAt: 9 }),
      ],
    })
    const found = async (workspace: string): Promise<string[]> =>
      (await storage().runs({ workspace, limit: 9 })).map(({ id }) => id.slice(-1))
    expect(await found('dev')).toEqual(['6', '5', '4', '3'])
    expect(await found('main')).toEqual(['5', '4', '2'])
    expect(await found('none')).toEqual([])
    const counts = Object.fromEntries((await storage().activeInWorkspaces()).map((one) => [one.workspace, one.runs]))
    expect(counts).toEqual({ main: 2, dev: 2 })
  })
}

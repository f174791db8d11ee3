import { expect, it } from 'vitest'
import { rejection, type SuiteContext } from './context.ts'
import { codeVersionOf, digestOf, emptyBatch, moduleOf, runOf, versionOf, workspaceOf } from './samples.ts'

export function modulesSuite({ storage, reopen, reader }: SuiteContext): void {
  it('keeps versions of modules, each in its workspace', async () => {
    const rows = [
      moduleOf('flows.weather', 1),
      moduleOf('digits', 1),
      moduleOf('digits', 2, { workspace: 'dev' }),
      moduleOf('digits', 3),
    ]
    await storage().saveModules(rows, [])
    await reopen()
    const reading = await reader()
    expect(await reading.moduleVersion('digits', 2)).toEqual(rows[2])
    expect(await reading.moduleVersion('digits', 4)).toBeNull()
    expect([await reading.lastModuleVersion('digits'), await reading.lastModuleVersion('none')]).toEqual([3, 0])
    const newest = async (...workspaces: string[]) => (await reading.newestModule('digits', workspaces))?.version
    expect([await newest('dev', 'main'), await newest('main'), await newest('other')]).toEqual([2, 3, undefined])
    const listed = async (workspaces?: string[]) =>
      (await reading.modules(workspaces)).map(({ module, version }) => `${module}@${version}`)
    expect(await listed()).toEqual(['digits@3', 'flows.weather@1'])
    expect(await listed(['dev', 'main'])).toEqual(['digits@2', 'flows.weather@1'])
    expect(await listed(['other'])).toEqual([])
    expect((await reading.moduleVersions('digits', null, 2)).map(({ version }) => version)).toEqual([3, 2])
    expect((await reading.moduleVersions('digits', 2, 2)).map(({ version }) => version)).toEqual([1])
    await reading.close()
  })

  it('shows a workflow of code to the workspace of its module and those below, a drawn one to all', async () => {
    await storage().saveWorkflow(versionOf('drawn', 'd'))
    await storage().saveModules([moduleOf('mod', 1)], [codeVersionOf('fit', 1)])
    await storage().saveModules([moduleOf('mod', 2)], [codeVersionOf('fit', 2, { workspace: 'dev' })])
    await storage().saveModules([moduleOf('mod', 3)], [codeVersionOf('fit', 3)])
    const seen = async (workspaces?: string[], version?: number) => {
      const row = await storage().workflow('fit', version, workspaces)
      return row === null ? null : [row.origin?.version, row.version, row.latest]
    }
    expect(await seen()).toEqual([3, 3, 3])
    expect(await seen(['main'])).toEqual([3, 3, 3])
    expect(await seen(['dev', 'main'])).toEqual([2, 2, 2])
    expect(await seen(['other'])).toBeNull()
    expect(await seen(['main'], 2)).toBeNull()
    expect(await seen(['main'], 1)).toEqual([1, 1, 3])
    expect(await seen(['dev', 'main'], 3)).toEqual([3, 3, 2])
    expect((await storage().workflow('drawn', undefined, ['other']))?.version).toBe(1)
    const listed = async (workspaces?: string[]) =>
      (await storage().workflows({ limit: 9, ...(workspaces === undefined ? {} : { workspaces }) })).map(
        ({ name, version }) => `${name}:${version}`,
      )
    expect(await listed()).toEqual(['drawn:1', 'fit:3'])
    expect(await listed(['dev', 'main'])).toEqual(['drawn:1', 'fit:2'])
    expect(await listed(['other'])).toEqual(['drawn:1'])
    const versions = async (workspaces?: string[]) =>
      (await storage().workflowVersions('fit', null, 9, workspaces)).map(({ version }) => version)
    expect([await versions(), await versions(['main'])]).toEqual([
      [3, 2, 1],
      [3, 1],
    ])
  })

  it('makes a version of a workflow once, and again after it was deleted', async () => {
    const fit = codeVersionOf('fit', 1)
    await storage().saveModules([moduleOf('mod', 1)], [fit])
    await storage().saveModules([], [fit])
    expect((await storage().workflow('fit'))?.version).toBe(1)
    await storage().deleteWorkflow('fit')
    await storage().saveModules([], [fit])
    expect(await storage().workflow('fit')).toMatchObject({ version: 2, origin: { module: 'mod', target: 'fit' } })
  })

  it('keeps drawn workflows and those of each module apart, and registers nothing then', async () => {
    await storage().saveWorkflow(versionOf('drawn', 'd'))
    const register = (module: string, name: string) => () =>
      storage().saveModules([moduleOf(module, 1)], [codeVersionOf(name, 1, { module })])
    expect(await rejection(register('mod', 'drawn'))).toMatchObject({
      code: 'module_conflict',
      message: expect.stringContaining('is a drawn one') as unknown,
    })
    expect(await storage().moduleVersion('mod', 1)).toBeNull()
    await register('mod', 'fit')()
    expect(await rejection(register('other', 'fit'))).toMatchObject({
      code: 'module_conflict',
      message: expect.stringContaining('mod/fit') as unknown,
    })
    expect(await rejection(() => storage().saveWorkflow(versionOf('fit', 'x')))).toMatchObject({
      code: 'workflow_of_code',
      message: expect.stringContaining('mod/fit') as unknown,
    })
    await storage().deleteWorkflow('fit')
    expect(await storage().saveWorkflow(versionOf('fit', 'x'))).toMatchObject({ created: true })
  })

  it('hides what was registered in a workspace that is deleted, but for what runs need', async () => {
    await storage().saveWorkspace(workspaceOf('dev'))
    await storage().saveModules(
      [moduleOf('mod', 1), moduleOf('mod', 2, { workspace: 'dev' })],
      [
        codeVersionOf('fit', 1),
        codeVersionOf('fit', 2, { workspace: 'dev' }),
        codeVersionOf('own', 2, { workspace: 'dev' }),
      ],
    )
    const plan = digestOf('mod@2')
    await storage().commit({ ...emptyBatch, runs: [runOf('aaaaaaaa', { workflow: 'fit', version: 2, plan })] })
    await storage().deleteWorkspace('dev')
    expect(await storage().isWorkspaceUsed('dev')).toBe(true)
    expect((await storage().workflow('fit'))?.version).toBe(1)
    expect((await storage().workflows({ limit: 9 })).map(({ name }) => name)).toEqual(['fit'])
    expect((await storage().workflowByDigest(plan))?.version).toBe(2)
  })
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manifest, target } from '../targets/testing/samples.ts'
import { ANA, type Engine, events, TestProject, until } from './testing/project.ts'

/** Which version of a workflow of code a run takes: that of its workspace, or of those above it. */
let project: TestProject
let engine: Engine

beforeEach(async () => {
  project = await TestProject.create()
  engine = await project.boot()
})
afterEach(() => project.dispose())

const released = manifest('digits', target('compare'))
const edited = manifest('digits', target('compare', { code: 'b'.repeat(64) }))

const start = (workspace: string, version?: number, workflow = 'compare') =>
  engine.calls.start({ workflow, params: {}, workspace, ...(version === undefined ? {} : { version }) }, ANA)

const versionOf = async ({ run }: { run: string }): Promise<number | undefined> =>
  (await engine.storage.run(run))?.version

describe('a run of a workflow of code', () => {
  beforeEach(async () => {
    await engine.calls.createWorkspace({ name: 'dev', base: 'main' })
    await engine.calls.createWorkspace({ name: 'other', base: 'main' })
    await engine.calls.declareModules('main', [released], 'once')
    await engine.calls.declareModules('dev', [edited], 'always')
  })

  it('takes the version of its workspace, else that of the nearest above', async () => {
    expect(await versionOf(await start('main'))).toBe(1)
    expect(await versionOf(await start('other'))).toBe(1)
    expect(await versionOf(await start('dev'))).toBe(2)
    expect(await versionOf(await start('dev', 1))).toBe(1)
  })

  it('does not see what another workspace registered', async () => {
    await expect(start('main', 2)).rejects.toMatchObject({
      code: 'workflow_not_found',
      message: expect.stringContaining('registered in the workspace dev, which main does not see') as unknown,
    })
    await engine.calls.declareModules('dev', [manifest('own', target('mine'))], 'always')
    await expect(start('main', undefined, 'mine')).rejects.toThrow(/registered in the workspace dev/)
    await expect(start('main', undefined, 'none')).rejects.toThrow(/there is no workflow none/)
  })

  it('starts child runs on the version of its workspace', async () => {
    await project.save(engine, 'name: drawn\nsteps: {child: {workflow: compare}}\n')
    const { run } = await start('dev', undefined, 'drawn')
    const child = async (): Promise<string | null> => {
      const rows = await engine.storage.runs({ triggers: ['parent'], limit: 9 })
      return rows.find(({ parentRun }) => parentRun === run)?.id ?? null
    }
    await until('the child run', async () => (await child()) !== null)
    expect(await versionOf({ run: (await child()) ?? '' })).toBe(2)
    expect((await events(engine, run)).some(({ type }) => type === 'run.created')).toBe(true)
  })

  it('is refused in workspaces that are not there or archived', async () => {
    await expect(engine.calls.declareModules('none', [released], 'once')).rejects.toMatchObject({
      code: 'workspace_not_found',
    })
    await engine.calls.archiveWorkspace('other')
    await expect(engine.calls.declareModules('other', [edited], 'once')).rejects.toMatchObject({
      code: 'workspace_archived',
    })
  })
})

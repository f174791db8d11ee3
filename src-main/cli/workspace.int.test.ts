import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Run, Workspace } from '../../src-shared/contract/index.ts'
import { Weir } from './weir.test-process.ts'

let weir: Weir
beforeAll(async () => {
  weir = await Weir.create()
  await writeFile(join(weir.folder, 'one.yaml'), "name: one\nsteps:\n  one:\n    run: 'true'\n    cache: true\n")
  await weir.run(['boot', 'up', '--daemon', '--listen', '0'])
})
afterAll(async () => await weir.remove())

it('a workspace is made, used, renamed, paused, put aside and deleted', async () => {
  expect((await weir.run(['workspace', 'create', 'dev'])).out).toContain('--workspace dev')
  await weir.run(['workspace', 'create', 'dev/ana', '--base', 'dev'])
  const tree = (await weir.run(['workspace', 'list'])).out
  expect(tree).toMatch(/^main +active +0 .*\n {2}dev +active.*\n {4}dev\/ana +active/m)
  expect((await weir.json(['workspace', 'list'])) as { items: Workspace[] }).toMatchObject({
    items: [{ name: 'main', base: null }, { base: 'main' }, { name: 'dev/ana', base: 'dev' }],
  })

  const run = (await weir.json(['run', 'start', 'one.yaml', '--wait', '--workspace', 'dev'])) as Run
  expect(run).toMatchObject({ status: 'succeeded', workspace: 'dev' })
  const inherited = (await weir.json(['run', 'start', 'one.yaml', '--wait', '-W', 'dev/ana'])) as Run
  expect(inherited.steps[0]?.status).toBe('cached')
  expect((await weir.run(['run', 'list', '-q', '-W', 'dev'])).out.trim()).toBe(run.id)

  expect((await weir.run(['run', 'rerun', run.id, '--from', 'one', '--wait', '-W', 'dev/ana'])).code).toBe(0)
  expect((await weir.run(['run', 'inspect', run.id])).out).toContain('in dev/ana')
  expect((await weir.run(['run', 'rerun', run.id, '--from', 'one', '-W', 'dev'])).err).toContain('workspace_unrelated')

  expect((await weir.run(['workspace', 'pause', 'dev/ana'])).out).toContain('Paused workspace dev/ana.')
  expect((await weir.run(['workspace', 'inspect', 'dev/ana'])).out).toMatch(/State +paused/)
  await weir.run(['workspace', 'unpause', 'dev/ana'])
  await weir.run(['workspace', 'rename', 'dev/ana', 'ana'])
  expect((await weir.run(['workspace', 'rebase', 'dev', 'ana'])).err).toContain('workspace_cycle')
  await weir.run(['workspace', 'rebase', 'ana', 'main'])
  expect(await weir.json(['workspace', 'inspect', 'ana'])).toMatchObject({ base: 'main', state: 'active' } as Workspace)
  await weir.run(['workspace', 'archive', 'ana'])
  expect((await weir.run(['workspace', 'list', '-q'])).out).toBe('main\ndev\n')
  await weir.run(['workspace', 'unarchive', 'ana'])
  expect((await weir.run(['workspace', 'delete', 'ana'])).err).toContain('confirmation_needed')
  expect((await weir.run(['workspace', 'delete', 'ana', '--yes'])).err).toContain('workspace_in_use')
  await weir.run(['workspace', 'create', 'scratch'])
  expect((await weir.run(['workspace', 'delete', 'scratch', '--yes'])).out).toContain('Deleted workspace scratch.')
})

it('an unknown workspace is said, with what to do', async () => {
  const { code, err } = await weir.run(['run', 'start', 'one.yaml', '--workspace', 'nowhere'])
  expect([code, err]).toEqual([3, expect.stringContaining('weir workspace create nowhere')])
})

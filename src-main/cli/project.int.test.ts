import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Project, Run } from '../../src-shared/contract/index.ts'
import { Weir } from './weir.test-process.ts'

let weir: Weir
beforeAll(async () => {
  weir = await Weir.create()
  await writeFile(join(weir.folder, 'nap.yaml'), 'name: nap\nsteps:\n  nap:\n    sleep: 1ms\n')
  await weir.run(['boot', 'up', '--daemon', '--listen', '0'])
})
afterAll(async () => await weir.remove())

const list = async (...more: string[]): Promise<string[]> =>
  (await weir.run(['project', 'list', '-q', ...more])).out.trim().split('\n')

it('a project is made, used, renamed, put aside and deleted', async () => {
  expect(await weir.run(['project', 'create', 'mice', '--description', 'Spring cohort'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('--project mice') as string,
  })
  const run = (await weir.json(['run', 'start', 'nap.yaml', '--wait', '--project', 'mice'])) as Run
  expect(run.status).toBe('succeeded')
  expect((await weir.run(['run', 'inspect', run.id])).err).toContain('run_not_found')
  expect((await weir.run(['project', 'list'])).out).toMatch(/mice +running .* Spring cohort/)
  await weir.run(['project', 'rename', 'mice', 'mice-2026'])
  await weir.run(['project', 'describe', 'mice-2026', 'Autumn cohort'])
  expect(await weir.json(['project', 'inspect', 'mice-2026'])).toMatchObject({
    description: 'Autumn cohort',
  } as Project)
  await weir.run(['project', 'archive', 'mice-2026'])
  expect([await list(), await list('--archived')]).toEqual([['default'], ['default', 'mice-2026']])
  const refused = await weir.run(['run', 'start', 'nap', '--project', 'mice-2026'])
  expect(refused.err).toContain('fix: take it back into use: weir project unarchive mice-2026')
  await weir.run(['project', 'unarchive', 'mice-2026'])
  expect((await weir.run(['project', 'delete', 'mice-2026'])).err).toContain('confirmation_needed')
  expect((await weir.run(['project', 'delete', 'mice-2026', '--yes'])).out).toContain('Deleted project mice-2026.')
  expect(await list('--archived')).toEqual(['default'])
})

it('an unknown project is said, with what to do', async () => {
  const { code, err } = await weir.run(['run', 'list', '--project', 'rats'])
  expect([code, err]).toEqual([3, expect.stringContaining('weir project list')])
})

it('a project is written into a file, and made of one', async () => {
  await weir.run(['project', 'create', 'moles'])
  const run = (await weir.json(['run', 'start', 'nap.yaml', '--wait', '--project', 'moles'])) as Run
  const file = join(weir.folder, 'moles.weir.tar.gz')
  const exported = await weir.run(['project', 'export', 'moles', file])
  expect([exported.code, exported.out]).toEqual([
    0,
    expect.stringMatching(/Exported project moles: 1 run, .* of files/),
  ])
  const twice = await weir.run(['project', 'export', 'moles', file])
  expect([twice.code === 0, twice.err]).toEqual([false, expect.stringContaining('--force')])
  expect((await weir.run(['project', 'export', 'moles', file, '--force'])).code).toBe(0)
  expect((await weir.run(['project', 'import', file])).err).toMatch(/project_exists[\s\S]*--name/)
  expect((await weir.run(['project', 'import', file, '--name', 'moles-2'])).out).toContain('--project moles-2')
  expect(await weir.json(['run', 'inspect', run.id, '--project', 'moles-2'])).toMatchObject({ status: 'succeeded' })
  await writeFile(file, (await readFile(file)).subarray(0, -20))
  const cut = await weir.run(['project', 'import', file, '--name', 'moles-3'])
  expect(cut.err).toMatch(/archive_invalid[\s\S]*fix: /)
  expect((await weir.run(['project', 'import', join(weir.folder, 'none.tar.gz')])).err).toContain('does not exist')
  expect((await readdir(weir.folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  for (const name of ['moles', 'moles-2']) await weir.run(['project', 'delete', name, '--yes'])
  expect(await list('--archived')).toEqual(['default'])
})

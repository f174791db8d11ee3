import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { z } from 'zod'
import { createNodeClient } from '../../src-shared/client/node.ts'
import {
  type Manifest,
  type Module,
  type QueueEntry,
  type Run,
  routes,
  type TargetDetail,
  type Workflow,
} from '../../src-shared/contract/index.ts'
import { Weir } from './weir.test-process.ts'

const COMPARE = {
  name: 'compare',
  kind: 'workflow' as const,
  description: 'Compares models.\n\nSlowly.',
  code: 'a'.repeat(64),
  source: { file: 'digits.py', line: 42 },
  parameters: [
    { name: 'limit', schema: { type: ['integer', 'null'] }, required: false },
    { name: 'day', schema: { type: 'string', format: 'date' }, required: true, description: 'Of the data' },
  ],
}

/** What a worker of the module `digits` would register. */
const DIGITS = {
  module: 'digits',
  language: 'python',
  targets: [
    COMPARE,
    {
      name: 'train',
      kind: 'task' as const,
      code: null,
      parameters: [],
      options: { retries: { limit: 3 } },
    },
  ],
}

type Queue = { readonly items: QueueEntry[]; readonly total: number }

let weir: Weir
async function register(workspace: string, manifest: z.input<typeof Manifest>): Promise<void> {
  const { socket } = JSON.parse(await readFile(join(weir.data, 'engine.json'), 'utf8')) as { socket: string }
  const client = createNodeClient({ socketPath: socket })
  await client.call(routes.targets.register, {
    params: { project: 'default' },
    body: { manifests: [manifest], workspace },
  })
  client.close()
}

beforeAll(async () => {
  weir = await Weir.create()
  await weir.run(['boot', 'up', '--daemon', '--listen', '0'])
  await register('main', DIGITS)
})
afterAll(async () => await weir.remove())

it('modules and their versions are listed', async () => {
  expect((await weir.run(['module', 'list'])).out).toMatch(/^digits +1 +python +1 +1 +main/m)
  expect((await weir.json(['module', 'versions', 'digits'])) as { items: Module[] }).toMatchObject({
    items: [{ version: 1, workspace: 'main' }],
  })
  const { code, err } = await weir.run(['module', 'versions', 'digts'])
  expect([code, err]).toEqual([3, expect.stringContaining('There are digits')])
})

it('targets are listed, found and looked at', async () => {
  expect((await weir.run(['target', 'list', '-q'])).out).toBe('digits/compare\ndigits/train\n')
  expect((await weir.run(['target', 'list', '--search', 'compare', '-q'])).out).toBe('digits/compare\n')
  const { out } = await weir.run(['target', 'inspect', 'digits/compare'])
  expect(out).toContain('digits.py:42')
  expect(out).toMatch(/limit +integer or null +as the code says/)
  expect(out).toMatch(/day +date +\(needed\) +Of the data/)
  expect((await weir.run(['target', 'inspect', 'digits/train'])).out).toContain('Up to 3 times after failures')
  expect((await weir.json(['target', 'inspect', 'digits/train'])) as TargetDetail).toMatchObject({ kind: 'task' })
  expect((await weir.run(['target', 'inspect', 'digits'])).err).toContain('digits/train')
})

it('a workflow of code is listed with its module, and takes parameters as its schemas say', async () => {
  expect((await weir.run(['workflow', 'list'])).out).toMatch(/^compare .*digits 1 +Compares models\./m)
  expect((await weir.run(['workflow', 'inspect', 'compare'])).out).toContain(
    'digits/compare in version 1 (python, main)',
  )
  const exported = (await weir.json(['workflow', 'inspect', 'compare'])) as Workflow
  expect(exported.source).toContain('target: digits/compare@1')
  const start = (...given: string[]) =>
    weir.run(['run', 'start', 'compare', ...given.flatMap((one) => ['--param', one])])
  expect((await start('day=tomorrow')).err).toContain('must match format "date"')
  expect((await start('day=2026-11-21', 'limit=x')).err).toContain('limit')
  const run = await weir.json(['run', 'start', 'compare', '-p', 'day=2026-11-21', '-p', 'limit=3'])
  expect(run).toMatchObject({ params: { day: '2026-11-21', limit: 3 } })
})

it('a step of a drawn workflow can call a target', async () => {
  const file = join(weir.folder, 'drawn.yaml')
  await writeFile(file, 'name: drawn\nsteps:\n  train: {target: digits/train}\n')
  expect((await weir.run(['workflow', 'apply', file])).out).toContain('Saved drawn')
  expect((await weir.run(['workflow', 'inspect', 'drawn'])).out).toMatch(/train +target/)
})

it('a run takes the version of its workspace, though there is newer code in another one', async () => {
  await weir.run(['workspace', 'create', 'a1'])
  const mine = { ...COMPARE, name: 'mine' }
  await register('a1', { ...DIGITS, targets: [{ ...COMPARE, code: 'b'.repeat(64), parameters: [] }, mine] })
  const start = (...args: string[]) => weir.json(['run', 'start', 'compare', ...args])
  expect(await start('-p', 'day=2026-11-21')).toMatchObject({ version: 1, workspace: 'main' })
  expect(await start('-W', 'a1')).toMatchObject({ version: 2, workspace: 'a1' })
  for (const what of [['mine'], ['compare', '--version', '2']]) {
    const { code, err } = await weir.run(['run', 'start', ...what])
    expect([code, err]).toEqual([3, expect.stringMatching(/registered in the workspace a1, which main does not see/)])
    expect(err).toContain('Start it in a1')
  }
})

it('what waits for a worker is listed, with the command that starts one', async () => {
  const { id } = (await weir.json([
    'run',
    'start',
    'mine',
    '-W',
    'a1',
    '-p',
    'day=2026-11-21',
    '--priority',
    '7',
  ])) as Run
  const queue = async (...args: string[]) => (await weir.json(['worker', 'queue', ...args])) as Queue
  await expect
    .poll(async () => (await queue('-W', 'a1')).items, { timeout: 20_000 })
    .toContainEqual({
      ...{ run: id, workflow: 'mine', workspace: 'a1', step: 'mine', name: 'mine', target: 'digits/mine@2' },
      ...{ count: 1, priority: 7, since: expect.any(String) },
      why: expect.stringContaining('weir worker start digits --workspace a1'),
    })
  expect((await queue()).items[0]?.run).toBe(id) // for its priority
  expect((await queue('-W', 'main')).items.map(({ run }) => run)).not.toContain(id)
  const { out, err } = await weir.run(['worker', 'queue', '--limit', '1'])
  expect(out).toMatch(new RegExp(`^RUN .* WHY.*\\n${id} `))
  expect(err).toContain('See more with --limit')
  expect((await weir.run(['worker', 'queue', '-W', 'nowhere'])).code).toBe(3)
})

import { expect, it } from 'vitest'
import { draftName } from './draft-name.ts'

it.each([
  [{ workflow: 'a', origin: null }, 'name: b', 'a'],
  [{ workflow: null, origin: null }, '# x\nname: my-flow # y\nsteps: {}', 'my-flow'],
  [{ workflow: null, origin: null }, "name: 'my flow'", 'my flow'],
  [{ workflow: null, origin: '/home/ana/b.weir.yaml' }, 'name:\nsteps: {}', 'b.weir.yaml'],
  [{ workflow: null, origin: 'C:\\flows\\c.weir.yaml' }, '', 'c.weir.yaml'],
  [{ workflow: null, origin: null }, '', 'New workflow'],
])('%j with %j is called %s', (draft, source, name) => {
  expect(draftName(draft, source)).toBe(name)
})

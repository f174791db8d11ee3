import { expect, test } from 'vitest'
import { z } from 'zod'
import { draftIdOf } from './draft-id.ts'

test('windows on one version of a workflow name one draft, and no others', async () => {
  expect(await draftIdOf('weather', 3)).toBe(await draftIdOf('weather', 3))
  const ids = await Promise.all([draftIdOf('weather', 3), draftIdOf('weather', 4), draftIdOf('weather2', 3)])
  expect(new Set(ids).size).toBe(3)
  for (const id of ids) expect(z.uuid().safeParse(id).success).toBe(true)
})

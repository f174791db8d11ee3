import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../../src-shared/definition/index.ts'
import { bundlesOf } from '../import/bundle.ts'
import { EXAMPLES, filesOf, sampleData } from './examples.ts'

const folder = resolve(import.meta.dirname, '../../../resources/examples')

describe('the examples', () => {
  it('are those that come with Weir', () => {
    const shipped = readdirSync(folder).filter((name) => existsSync(resolve(folder, name, 'weir.yaml')))
    expect(EXAMPLES.map(({ name }) => name).sort()).toEqual(shipped.sort())
  })

  it.each(EXAMPLES)('$name is complete', async (example) => {
    const [bundle, ...others] = await bundlesOf({ folder: example.name, files: await filesOf(example) })
    expect(others).toEqual([])
    expect(bundle?.missing).toEqual([])
    const definition = parseYaml(bundle?.source ?? '').value as {
      name: string
      params?: Record<string, { type: string }>
    }
    expect(definition.name).toBe(example.name)
    const fileParam = Object.entries(definition.params ?? {}).find(([, { type }]) => type === 'file')?.[0] ?? null
    expect(example.dataParam).toBe(fileParam)
  })

  it('have the data that they need', async () => {
    const { file } = await sampleData()
    expect((await file.text()).startsWith('date,precipitation')).toBe(true)
  })
})

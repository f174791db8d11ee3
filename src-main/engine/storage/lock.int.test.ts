import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acquireDataLock } from './lock.ts'
import { bundleProgram, startProgram } from './testing/child.ts'

/** For places of unknown type: vitest's matchers are typed any. */
const containing = (text: string): unknown => expect.stringContaining(text)

describe('the lock of a data folder, between processes', () => {
  let program: string
  let folder: string
  beforeAll(async () => {
    program = await bundleProgram(fileURLToPath(new URL('./testing/lock-holder.ts', import.meta.url)))
  })
  afterAll(() => rm(dirname(program), { recursive: true }))
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-lock-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('refuses a second engine with folder, process and address, and goes with the process that is killed', async () => {
    const holder = startProgram(program, [folder])
    expect(await holder.nextLine()).toBe('held')
    await writeFile(join(folder, 'engine.json'), JSON.stringify({ pid: 4711, url: 'http://127.0.0.1:7310' }))
    const refusal = await startProgram(program, [folder]).nextLine()
    expect(JSON.parse(refusal ?? '')).toMatchObject({
      code: 'engine_running',
      status: 409,
      detail: `Another engine (process 4711) owns the data folder ${folder}, and answers at http://127.0.0.1:7310.`,
      fix: containing('stop it first'),
    })
    expect(() => acquireDataLock(folder)).toThrow('Another engine (process 4711)')
    holder.kill()
    await holder.ended
    const lock = acquireDataLock(folder)
    expect(() => acquireDataLock(folder)).toThrow('Another engine') // and that does not take the first one's lock away
    expect(await startProgram(program, [folder]).nextLine()).toContain('engine_running')
    lock.release()
    const next = startProgram(program, [folder])
    expect(await next.nextLine()).toBe('held')
    next.kill()
    await next.ended
  })
})

import { describe, expect, it } from 'vitest'
import { type Ending, failureOf, startRefused } from './ending.ts'

const ending = (parts: Partial<Ending>): Ending => ({
  image: 'tool:1',
  program: 'tool',
  exitCode: 0,
  outOfMemory: false,
  memoryLimitBytes: 0,
  unseen: false,
  interrupted: false,
  stderr: '',
  ...parts,
})

describe('failureOf', () => {
  it('takes 0 as a success, also when it was unseen and a child of it ran out of memory', () => {
    expect(failureOf(ending({}))).toBeNull()
    expect(failureOf(ending({ unseen: true, outOfMemory: true }))).toBeNull()
  })

  it('takes no exit code for granted when Docker went away under the container', () => {
    expect(failureOf(ending({ interrupted: true }))).toMatchObject({ kind: 'abandoned', exitCode: 0 })
  })

  it.each([137, 143, 255])('takes %i as abandoned only when nobody saw it', (exitCode) => {
    expect(failureOf(ending({ exitCode, unseen: true }))).toMatchObject({ kind: 'abandoned' })
    expect(failureOf(ending({ exitCode }))).toMatchObject({ kind: 'error' })
  })

  it('tells a lack of memory with the limit', () => {
    const oom = failureOf(
      ending({ exitCode: 137, unseen: true, outOfMemory: true, memoryLimitBytes: 64 * 1024 * 1024 }),
    )
    expect(oom).toMatchObject({ kind: 'oom', exitCode: 137, signal: 'SIGKILL' })
    expect(oom?.error?.message).toContain('64 MiB')
  })

  it('tells a command that init could not start from one inside a script', () => {
    const init = '[FATAL tini (7)] exec tool failed: No such file or directory'
    expect(failureOf(ending({ exitCode: 127, stderr: init }))?.error).toMatchObject({
      code: 'command_not_found',
      message: 'The image "tool:1" has no program "tool".',
    })
    expect(failureOf(ending({ exitCode: 127, stderr: 'sh: foo: not found' }))?.error?.message).toContain('foo')
  })
})

describe('startRefused', () => {
  it.each([
    ['exec: "/bin/sh": stat /bin/sh: no such file or directory', 'command_not_found'],
    ['exec: "tool": executable file not found in $PATH', 'command_not_found'],
    ['exec /tool: exec format error', 'command_not_executable'],
    ['could not select device driver "" with capabilities: [[gpu]]', 'gpu_unavailable'],
  ])('%s is %s', (reason, code) => {
    expect(startRefused('/bin/sh', 'tool:1', reason)?.code).toBe(code)
  })

  it('leaves other reasons to Docker’s own words', () => {
    expect(startRefused('tool', 'tool:1', 'cgroups: cannot allocate memory')).toBeNull()
  })
})

import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LoggedExecution } from './executions.ts'
import { followLines } from './follow.ts'
import { type LogLines, readLines } from './logs.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-logs-'))
})
afterEach(() => rm(folder, { recursive: true }))

const START_S = 1_700_000_000

/** An execution with output, as one leaves it whose engine was killed: its time is that of the file. */
async function executed(step: string, atS: number, text: string, ended = true): Promise<LoggedExecution> {
  const root = join(folder, step)
  await mkdir(root, { recursive: true })
  await writeFile(join(root, 'stdout.log'), text)
  await utimes(join(root, 'stdout.log'), START_S + atS, START_S + atS)
  return { step, attempt: 1, folder: root, stepFolder: step, startedAt: (START_S + atS) * 1000, ended }
}

async function texts(lines: AsyncIterable<LogLines>): Promise<string[]> {
  const found: string[] = []
  for await (const batch of lines) for (const { step, text } of batch) found.push(`${step} ${text}`)
  return found
}

describe('the output of a run', () => {
  test('is merged by time, with the time and place of each line', async () => {
    const executions = [
      await executed('a', 1, 'one\ntwo\n'),
      await executed('b', 2, 'three'),
      await executed('c', 3, ''),
    ]
    const found: LogLines[] = []
    for await (const batch of readLines(executions, { mask: [] })) found.push(batch)
    const at = (s: number): string => new Date((START_S + s) * 1000).toISOString()
    expect(found.flat()).toEqual([
      { at: at(1), step: 'a', attempt: 1, stream: 'stdout', text: 'one' },
      { at: at(1), step: 'a', attempt: 1, stream: 'stdout', text: 'two' },
      { at: at(2), step: 'b', attempt: 1, stream: 'stdout', text: 'three', partial: true },
    ])
  })

  test('is masked, and cut to its last lines', async () => {
    const many = Array.from({ length: 5_000 }, (_, n) => `line ${n} swordfish`).join('\n')
    const executions = [await executed('a', 1, many), await executed('b', 2, 'x swordfish y\n')]
    const all = await texts(readLines(executions, { mask: ['swordfish'] }))
    expect(all).toHaveLength(5_001)
    expect(all.join()).not.toContain('swordfish')
    for (const tail of [0, 1, 3, 4_999, 9_999]) {
      const expected = tail === 0 ? [] : all.slice(-tail)
      expect(await texts(readLines(executions, { mask: ['swordfish'], tail }))).toEqual(expected)
    }
  })

  test('is followed over executions that run and those that come, until the run has ended', async () => {
    const first = await executed('a', 1, 'of a\n')
    let now = { executions: [first, await executed('b', 2, 'of b\n', false)], over: false }
    const listeners = new Set<() => void>()
    const watch = {
      executions: async () => now,
      written: async (asked: readonly LoggedExecution[]) => asked,
      onChange: (listener: () => void) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
    const found: string[] = []
    const reading = (async () => {
      for await (const batch of followLines(watch, { mask: ['secret'] }, new AbortController().signal)) {
        found.push(...batch.map(({ step, text }) => `${step} ${text}`))
        if (found.at(-1) !== 'a of a') continue
        // Now b ends with a line more, and another step runs after it.
        const b = await executed('b', 2, 'of b\nmore secret\n')
        now = { executions: [first, b, await executed('c', 3, 'of c\n')], over: true }
        for (const listener of [...listeners]) listener()
      }
    })()
    await reading
    expect(found.filter((line) => line.startsWith('a'))).toEqual(['a of a'])
    expect(found.filter((line) => line.startsWith('b'))).toEqual(['b of b', 'b more ***'])
    expect(found.filter((line) => line.startsWith('c'))).toEqual(['c of c'])
    expect(listeners.size).toBe(0)
  })

  test('does not open a log before there is one, and notices it without a change of the run', async () => {
    const silent = { ...(await executed('a', 1, '', false)), folder: join(folder, 'b'), stepFolder: 'b' }
    let now = { executions: [silent], over: false }
    let asked = 0
    const listeners = new Set<() => void>()
    const watch = {
      executions: async () => now,
      written: async (those: readonly LoggedExecution[]) => {
        asked += those.length
        if (asked < 2) return []
        await executed('b', 1, 'at last\n', false)
        now = { executions: [{ ...silent, ended: true }], over: true }
        for (const listener of [...listeners]) listener()
        return those
      },
      onChange: (listener: () => void) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
    const found: string[] = []
    for await (const batch of followLines(watch, { mask: [] }, new AbortController().signal)) {
      found.push(...batch.map(({ text }) => text))
    }
    expect(found).toEqual(['at last'])
    expect(asked).toBe(2)
  })

  test('ends when the reader goes', async () => {
    const live = await executed('a', 1, '', false)
    const gone = new AbortController()
    const watch = {
      executions: async () => ({ executions: [live], over: false }),
      written: async (asked: readonly LoggedExecution[]) => asked,
      onChange: () => () => undefined,
    }
    const reading = texts(followLines(watch, { mask: [] }, gone.signal))
    gone.abort()
    expect(await reading).toEqual([])
  })
})

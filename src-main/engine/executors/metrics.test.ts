import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMetrics } from './metrics.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weir-metrics-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const write = (lines: readonly unknown[], tail = ''): void =>
  writeFileSync(join(root, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join('') + tail)

describe('metrics of an execution', () => {
  test('are none without a file', async () => {
    expect(await readMetrics(root, 10)).toEqual([])
  })

  test('come by name, in order; a torn line is passed over', async () => {
    write(
      [
        [5, 'loss', 0.5, 1],
        [6, 'accuracy', 0.9, null],
        [7, 'loss', 0.25, 2],
      ],
      '[8,"lo',
    )
    expect(await readMetrics(root, 10)).toEqual([
      {
        name: 'loss',
        count: 2,
        min: 0.25,
        max: 0.5,
        points: [
          [5, 0.5, 1],
          [7, 0.25, 2],
        ],
      },
      { name: 'accuracy', count: 1, min: 0.9, max: 0.9, points: [[6, 0.9, null]] },
    ])
  })

  test('are thinned out where they are many: first, last and peaks stay', async () => {
    const values = Array.from({ length: 20_000 }, (_, index) => [
      index,
      'loss',
      index === 7_777 ? 99 : index % 10,
      index,
    ])
    values[3] = [3, 'loss', -5, 3]
    write(values)
    const [series] = await readMetrics(root, 100)
    expect(series).toMatchObject({ count: 20_000, min: -5, max: 99 })
    const points = series?.points ?? []
    expect(points.length).toBeLessThanOrEqual(102)
    expect(points.length).toBeGreaterThan(40)
    expect(points[0]).toEqual([0, 0, 0])
    expect(points.at(-1)).toEqual([19_999, 9, 19_999])
    expect(points).toContainEqual([7_777, 99, 7_777])
    expect(points).toContainEqual([3, -5, 3])
    expect(points.map(([at]) => at)).toEqual(points.map(([at]) => at).sort((a, b) => a - b))
  })
})

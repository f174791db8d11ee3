// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { DEFAULT_PROJECT, named, PROJECT } from './project.ts'

test.each([
  ['#/runs/k3m9abcd?project=mice&tab=logs', 'mice'],
  ['/runs?tab=logs', null],
  ['', null],
])('%j names the project %j', (address, name) => {
  expect(named(address)).toBe(name)
})

test('a window that was told of none shows the default, and remembers it', () => {
  expect([PROJECT, sessionStorage.getItem('weir.project')]).toEqual([DEFAULT_PROJECT, DEFAULT_PROJECT])
})

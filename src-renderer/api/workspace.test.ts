// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import { chooseWorkspace, useWorkspaceChoice, workspaceToStartIn } from './workspace.ts'

afterEach(() => chooseWorkspace('main'))

test('a window shows main until another one is chosen, and starts runs there', () => {
  expect([useWorkspaceChoice.getState().chosen, workspaceToStartIn()]).toEqual(['main', 'main'])
  chooseWorkspace('dev/ana')
  expect([workspaceToStartIn(), sessionStorage.getItem('weir.workspace.default')]).toEqual(['dev/ana', 'dev/ana'])
})

test('whoever looks at all of them starts runs in main', () => {
  chooseWorkspace(null)
  expect([useWorkspaceChoice.getState().chosen, workspaceToStartIn()]).toEqual([null, 'main'])
  expect(localStorage.getItem('weir.workspace.default')).toBe('*')
})

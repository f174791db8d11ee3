// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const close = vi.hoisted(() => vi.fn())
vi.mock('./commands.ts', () => ({
  allCommands: () => [{ id: 'runs.close', title: 'Close the step', group: 'Here', keys: 'escape', run: close }],
}))

const { listenToKeys } = await import('./keys.ts')

let stop = (): void => undefined
beforeEach(() => {
  close.mockClear()
  stop = listenToKeys()
})
afterEach(() => {
  stop()
  document.body.replaceChildren()
})

const pressEscape = (target: Element): void =>
  void target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))

it('one Escape closes one thing: a menu that is gone when the key comes up leaves what is behind it', () => {
  const menu = document.createElement('div')
  menu.setAttribute('role', 'menu')
  menu.addEventListener('keydown', () => {
    menu.removeAttribute('role')
  })
  document.body.append(menu)
  pressEscape(menu)
  expect(menu.hasAttribute('role')).toBe(false)
  expect(close).not.toHaveBeenCalled()
  pressEscape(document.body)
  expect(close).toHaveBeenCalledTimes(1)
})

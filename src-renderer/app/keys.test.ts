// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const run = vi.hoisted(() => vi.fn())
vi.mock('./commands.ts', () => ({ allCommands: () => [{ id: 'x', title: 'X', group: 'Here', keys: 'a', run }] }))

const { listenToKeys } = await import('./keys.ts')

let stop = (): void => undefined
beforeEach(() => {
  run.mockClear()
  stop = listenToKeys()
})
afterEach(() => {
  stop()
  document.body.replaceChildren()
})

const press = (key: string): void =>
  void (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  )

it('a letter gives its command, but not while a menu is open', () => {
  press('a')
  expect(run).toHaveBeenCalledTimes(1)
  const menu = document.createElement('div')
  menu.setAttribute('role', 'menu')
  document.body.append(menu)
  press('a')
  expect(run).toHaveBeenCalledTimes(1)
})

it('Escape on the button of an open menu closes it, and is nothing elsewhere', () => {
  const button = document.createElement('button')
  const click = vi.fn()
  button.addEventListener('click', click)
  button.setAttribute('aria-haspopup', 'menu')
  button.setAttribute('aria-expanded', 'false')
  document.body.append(button)
  button.focus()
  press('Escape')
  expect(click).not.toHaveBeenCalled()
  button.setAttribute('aria-expanded', 'true')
  press('Escape')
  expect(click).toHaveBeenCalledTimes(1)
})

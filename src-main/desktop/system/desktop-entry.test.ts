import { expect, test } from 'vitest'
import { desktopEntry } from './desktop-entry.ts'

test('the command is quoted as desktop entries want it', () => {
  const entry = desktopEntry(['/opt/We"ir $1/weir', '--hidden', '--data=/home/a b/100%'])
  expect(entry).toContain('Exec="/opt/We\\\\"ir \\\\$1/weir" "--hidden" "--data=/home/a b/100%%"\n')
  expect(entry.startsWith('[Desktop Entry]\nType=Application\n')).toBe(true)
})

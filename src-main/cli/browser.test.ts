import { describe, expect, test } from 'vitest'
import { opener, startProgram } from './browser.ts'

describe('what opens a page', () => {
  test('is what the platform has for it; on Linux only where somebody looks at a screen', () => {
    expect(opener('darwin', {})).toEqual({ program: 'open', args: [] })
    expect(opener('win32', {})).toMatchObject({ program: 'rundll32' })
    expect(opener('linux', { DISPLAY: ':0' })).toEqual({ program: 'xdg-open', args: [] })
    expect(opener('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual({ program: 'xdg-open', args: [] })
    expect(opener('linux', { DISPLAY: '' })).toBeNull()
  })

  test('is told what to open; that it failed, or is not there, is said with what to do', async () => {
    const node = { program: process.execPath }
    await startProgram({ ...node, args: ['-e', 'process.exit(process.argv[1] === "page" ? 0 : 1)'] }, 'page')
    await expect(startProgram({ ...node, args: ['-e', 'process.exit(3)'] }, 'page')).rejects.toMatchObject({
      code: 'no_browser',
      message: expect.stringContaining('ended with 3') as string,
    })
    await expect(startProgram({ program: '/nowhere/open', args: [] }, 'page')).rejects.toMatchObject({
      code: 'no_browser',
      fix: 'Open the address above in a browser.',
    })
  })
})

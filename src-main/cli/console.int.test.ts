import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Weir } from './weir.test-process.ts'

let weir: Weir
beforeAll(async () => {
  weir = await Weir.create()
  await weir.run(['boot', 'up', '--daemon', '--listen', '0'])
})
afterAll(async () => await weir.remove())

const LINK = /^http:\/\/127\.0\.0\.1:\d+\/console\/#ticket=[\w-]{43}\n$/

describe('weir console', () => {
  it('prints a link that signs in, and says how long', async () => {
    const { code, out, err } = await weir.run(['console'])
    expect([code, out]).toEqual([0, expect.stringMatching(LINK)])
    expect(err).toMatch(/^It signs in once, until .*\.\n$/)
    expect((await weir.run(['console', '-q'])).err).toBe('')
  })

  it('prints it as JSON, and it works', async () => {
    const link = (await weir.json(['console'])) as { url: string; ticket: string; expiresAt: string }
    expect(link.url.endsWith(`#ticket=${link.ticket}`)).toBe(true)
    const answer = await fetch(new URL('/api/v1/auth/sessions', link.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ticket: link.ticket }),
    })
    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ token: expect.any(String) })])
  })

  it.runIf(process.platform === 'linux')(
    'says so where there is no desktop; the link is printed all the same',
    async () => {
      const { code, out, err } = await weir.bare(['--data', weir.data, 'console', '--open'], {
        DISPLAY: '',
        WAYLAND_DISPLAY: '',
      })
      expect([code, out]).toEqual([1, expect.stringMatching(LINK)])
      expect(err).toContain('There is no desktop here')
    },
  )

  it.runIf(process.platform === 'linux')(
    'opens a page of this user that goes on to the link, which is no argument that others could read',
    async () => {
      const bin = join(weir.folder, 'bin')
      await mkdir(bin)
      await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$*" > "${weir.folder}/opened"\n`)
      await chmod(join(bin, 'xdg-open'), 0o755)
      const env = { DISPLAY: ':0', PATH: `${bin}:${process.env['PATH'] ?? ''}` }
      const { code, out } = await weir.bare(['--data', weir.data, 'console', '--open'], env)
      expect(code).toBe(0)
      const opened = await readFile(join(weir.folder, 'opened'), 'utf8')
      expect(opened).toBe(join(weir.data, 'console.html'))
      expect(await readFile(opened, 'utf8')).toContain(`url=${out.trim()}"`)
      expect((await stat(opened)).mode & 0o777).toBe(0o600)
    },
  )
})

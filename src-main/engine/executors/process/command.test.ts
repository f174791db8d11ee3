import { describe, expect, it } from 'vitest'
import { processEnvironment } from './command.ts'

describe("the engine's environment", () => {
  it('is passed on as far as programs need it', () => {
    const engine = {
      PATH: '/opt/bin:/bin',
      HOME: '/home/ana',
      LANG: 'de_DE.UTF-8',
      LC_ALL: '',
      TZ: 'UTC',
      EDITOR: 'vi',
    }
    expect(processEnvironment(engine)).toEqual({
      PATH: '/opt/bin:/bin',
      HOME: '/home/ana',
      LANG: 'de_DE.UTF-8',
      TZ: 'UTC',
    })
    expect(processEnvironment({}).PATH).toContain('/usr/bin')
  })

  it('keeps to itself that it is the desktop which started it', () => {
    // The desktop runs the engine as `ELECTRON_RUN_AS_NODE=1 electron …`: an Electron application that a step starts
    // would come up as plain Node, and take the other variables for its own.
    const desktop = {
      ELECTRON_RUN_AS_NODE: '1',
      ELECTRON_NO_ASAR: '1',
      ELECTRON_ENABLE_LOGGING: '1',
      ELECTRON_RENDERER_URL: 'http://localhost:5173',
      CHROME_DESKTOP: 'weir.desktop',
      NODE_OPTIONS: '--inspect',
      NODE_ENV: 'production',
    }
    expect(Object.keys(processEnvironment({ ...desktop, PATH: '/bin' }))).toEqual(['PATH'])
  })
})

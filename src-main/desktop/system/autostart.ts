import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { app } from 'electron'
import { desktopEntry } from './desktop-entry.ts'

/** Starts Weir when the person signs in, without a window, or does so no more. */
export function setStartAtLogin(isWanted: boolean, data: string | null): void {
  const args = ['--hidden', ...(data === null ? [] : [`--data=${data}`])]
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: isWanted, args })
    return
  }
  const file = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'autostart', 'weir.desktop')
  if (!isWanted) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, desktopEntry([...programOf(), ...args]))
}

/** How this Weir is started: the AppImage, not the place where it is unpacked; in a checkout with its folder. */
function programOf(): string[] {
  const program = process.env['APPIMAGE'] || process.execPath
  return app.isPackaged ? [program] : [program, app.getAppPath()]
}

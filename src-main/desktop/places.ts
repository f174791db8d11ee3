import { join } from 'node:path'

/** Folder of the app: the checkout, or `app.asar`. This code runs in `out/main` or in `out/main/chunks`. */
const OUT = join(__dirname.replace(/[\\/]chunks$/, ''), '..')

export const SCREENS_FOLDER = join(OUT, 'renderer')
export const PRELOAD = join(OUT, 'preload', 'index.cjs')
const ICONS = join(OUT, '..', 'resources', 'icons')
export const icon = (name: string): string => join(ICONS, name)

/** Where the screens are served, and the only origin that may use the bridge. */
export const SCHEME = 'app'
export const HOST = 'weir'
export const ORIGIN = `${SCHEME}://${HOST}`
/** What the system calls the program. */
export const APP_ID = 'org.weir.desktop'

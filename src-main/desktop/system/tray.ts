import { Menu, nativeImage, Tray } from 'electron'
import { log } from '../log.ts'
import { icon } from '../places.ts'

export interface TrayActions {
  readonly open: () => void
  readonly showRuns: () => void
  readonly quit: () => void
}

export interface WeirTray {
  /** Runs that are under way; null while no engine answers */
  show(activeRuns: number | null): void
}

/** The mark in the tray with its menu. Null where the system has no tray, which is no reason to fail. */
export function createTray(actions: TrayActions): WeirTray | null {
  try {
    const isMac = process.platform === 'darwin'
    const image = nativeImage.createFromPath(icon(isMac ? 'trayTemplate.png' : 'tray.png'))
    image.setTemplateImage(isMac)
    const tray = new Tray(image)
    tray.on('click', actions.open)
    let shown: string | null = null
    const show = (activeRuns: number | null): void => {
      const words = wordsFor(activeRuns)
      if (words === shown) return
      shown = words
      tray.setToolTip(`Weir: ${words}`)
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { label: 'Open Weir', click: actions.open },
          { label: words, click: actions.showRuns, enabled: activeRuns !== null },
          { type: 'separator' },
          { label: 'Quit', click: actions.quit },
        ]),
      )
    }
    show(null)
    return { show }
  } catch (error) {
    log('there is no tray', error)
    return null
  }
}

export const wordsFor = (activeRuns: number | null): string =>
  activeRuns === null
    ? 'The engine does not answer'
    : activeRuns === 0
      ? 'No active runs'
      : `${activeRuns} active run${activeRuns === 1 ? '' : 's'}`

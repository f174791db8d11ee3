import { app, Menu, type MenuItemConstructorOptions, shell } from 'electron'
import type { Windows } from '../windows/index.ts'

export interface MenuActions {
  readonly windows: Windows
  readonly openDocument: () => void
  readonly showLogs: () => void
  readonly quit: () => void
}

/**
 * The menu of the application. Its keys are those that a system expects of every program; keys of the screens are the
 * screens' own (src-renderer/app/keys.ts).
 */
export function setMenu(actions: MenuActions): void {
  const isMac = process.platform === 'darwin'
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [macMenu(actions)] : []),
    fileMenu(actions, isMac),
    { role: 'editMenu' },
    viewMenu(actions),
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ label: 'Show Logs', click: actions.showLogs }] },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function macMenu({ windows, quit }: MenuActions): MenuItemConstructorOptions {
  return {
    label: app.name,
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      { label: 'Settings…', accelerator: 'Cmd+,', click: () => windows.deliver({ kind: 'route', path: '/settings' }) },
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { label: 'Quit Weir', accelerator: 'Cmd+Q', click: quit },
    ],
  }
}

function fileMenu({ windows, openDocument, quit }: MenuActions, isMac: boolean): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: () => void windows.open('/') },
      { label: 'Open Workflow…', accelerator: 'CmdOrCtrl+O', click: openDocument },
      { type: 'separator' },
      { role: 'close' },
      ...(isMac ? [] : ([{ label: 'Quit', accelerator: 'Ctrl+Q', click: quit }] as const)),
    ],
  }
}

function viewMenu({ windows }: MenuActions): MenuItemConstructorOptions {
  const zoom = (direction: 'in' | 'out' | 'reset') => () => windows.zoom(direction)
  return {
    label: '&View',
    submenu: [
      { role: 'reload' },
      { type: 'separator' },
      { label: 'Actual Size', accelerator: 'CmdOrCtrl+0', click: zoom('reset') },
      { label: 'Zoom In', accelerator: 'CmdOrCtrl+Plus', click: zoom('in') },
      // The same key without Shift, where "+" is above "=".
      {
        label: 'Zoom In',
        accelerator: 'CmdOrCtrl+=',
        visible: false,
        acceleratorWorksWhenHidden: true,
        click: zoom('in'),
      },
      { label: 'Zoom Out', accelerator: 'CmdOrCtrl+-', click: zoom('out') },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      ...(app.isPackaged ? [] : ([{ role: 'toggleDevTools' }] as const)),
    ],
  }
}

/** Opens a folder in the file manager; rejects with why it cannot. */
export async function showFolder(path: string): Promise<void> {
  const failure = await shell.openPath(path)
  if (failure !== '') throw new Error(`${path} cannot be shown: ${failure}.`)
}

import { type BrowserWindow, dialog } from 'electron'
import type { DocumentFile } from '../../../src-shared/desktop/bridge.ts'
import type { Documents } from './documents.ts'

/** Ends in `.weir.yaml` first: dialogs put its first extension to a name that has none. */
const FILTERS = [
  { name: 'Workflows', extensions: ['weir.yaml', 'yaml', 'yml'] },
  { name: 'All files', extensions: ['*'] },
]

/** Asks which file to open; null when the person cancelled. */
export async function askToOpen(window: BrowserWindow, documents: Documents): Promise<DocumentFile | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Open a workflow',
    buttonLabel: 'Open',
    filters: FILTERS,
    properties: ['openFile'],
  })
  const [path] = filePaths
  return canceled || path === undefined ? null : await documents.open(path)
}

/** Asks where to save a text; null when the person cancelled. The dialog itself asks before a file is replaced. */
export async function askToSave(
  window: BrowserWindow,
  documents: Documents,
  name: string,
  text: string,
): Promise<DocumentFile | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Save the workflow',
    buttonLabel: 'Save',
    defaultPath: name,
    filters: FILTERS,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  })
  return canceled || filePath === '' ? null : await documents.saveAs(filePath, text)
}

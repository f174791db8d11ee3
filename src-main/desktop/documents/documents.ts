import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { DocumentFile, SaveOutcome } from '../../../src-shared/desktop/bridge.ts'
import { log } from '../log.ts'
import { DocumentProblem, readDocument, writeDocument } from './read.ts'

/** Programs save in several steps: what they leave is looked at when it is quiet. */
const SETTLE_MS = 120

/** The files of this machine that the person has opened: the only ones that screens may write. */
export interface Documents {
  /** @throws DocumentProblem */
  open(path: string): Promise<DocumentFile>
  save(path: string, text: string, digest: string): Promise<SaveOutcome>
  /** Writes a file that the person has just named. @throws DocumentProblem */
  saveAs(path: string, text: string): Promise<DocumentFile>
  close(): void
}

interface Opened {
  digest: string
  readonly stop: () => void
}

/** @param onChange called when an opened file was changed by another program */
export function openDocuments(onChange: (document: DocumentFile) => void): Documents {
  const opened = new Map<string, Opened>()

  const remember = (document: DocumentFile): DocumentFile => {
    const known = opened.get(document.path)
    if (known !== undefined) known.digest = document.digest
    else
      opened.set(document.path, { digest: document.digest, stop: observe(document.path, () => check(document.path)) })
    return document
  }

  const check = (path: string): void => {
    readDocument(path).then(
      (document) => {
        const known = opened.get(path)
        if (known === undefined || known.digest === document.digest) return
        known.digest = document.digest
        onChange(document)
      },
      // Deleted, or in the middle of being replaced: the text on the screen is still there, and saving says what is wrong.
      (error: unknown) => log(`${path} cannot be read now`, error),
    )
  }

  return {
    open: async (path) => remember(await readDocument(path)),
    async save(path, text, digest) {
      const known = opened.get(path)
      if (known === undefined) {
        return {
          kind: 'problem',
          message: `${basename(path)} was not opened in this session, so it is not written.`,
          fix: 'Open it again, or save a copy.',
        }
      }
      const before = known.digest
      const outcome = await writeDocument(path, text, digest)
      // Noted here first: the watch must not take our own write for that of another program.
      if (outcome.kind === 'saved') known.digest = outcome.digest
      else if (outcome.kind === 'changed') known.digest = outcome.document.digest
      else known.digest = before
      return outcome
    },
    async saveAs(path, text) {
      const outcome = await writeDocument(path, text, null)
      if (outcome.kind === 'problem') throw new DocumentProblem(outcome.message, outcome.fix)
      return remember(await readDocument(path))
    },
    close() {
      for (const { stop } of opened.values()) stop()
      opened.clear()
    },
  }
}

/** Watches the folder: most programs replace a file when they save, and a watch on the file itself would go with the old one. */
function observe(path: string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const name = basename(path)
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
      if (changed !== null && changed !== name) return
      clearTimeout(timer)
      timer = setTimeout(onChange, SETTLE_MS)
    })
    watcher.on('error', (error) => log(`${path} is not watched any more`, error))
    return () => {
      clearTimeout(timer)
      watcher.close()
    }
  } catch (error) {
    // Out of watches, or a network folder without them: saving still sees a newer file.
    log(`${path} cannot be watched`, error)
    return () => undefined
  }
}

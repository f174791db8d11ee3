import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AssetFile } from '../../../src-shared/contract/index.ts'
import { confirm } from '../../ui/Confirm.tsx'
import { CodeEditor } from '../../ui/code/CodeEditor.tsx'
import { languageOf } from '../../ui/code/languages.ts'
import { Failed, Loading } from '../../ui/Notes.tsx'
import { useDocument } from '../document-context.tsx'
import { textOfFile } from './blob-text.ts'
import classes from './files.module.css'
import { useAddFiles } from './use-add-files.ts'

/** A file of the workflow as text, to read and change. Saving stores a new body; the workflow's draft names it. */
export function FileTextDialog({ file, onClose }: { readonly file: AssetFile; readonly onClose: () => void }) {
  const isReadOnly = useDocument((state) => state.isReadOnly)
  const [typed, setTyped] = useState<string | null>(null)
  const { sent, add } = useAddFiles()
  const body = useQuery({
    queryKey: ['file-text', file.digest],
    queryFn: ({ signal }) => textOfFile(file, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const isChanged = typed !== null && typed !== body.data
  const save = async (): Promise<void> => {
    if (typed === null) return
    const picked = { folder: null, files: [{ path: file.path, file: new File([typed], file.path) }] }
    if (await add(Promise.resolve(picked), file.path)) onClose()
  }
  const leave = async (): Promise<void> => {
    const isSure = !isChanged || (await mayClose(file.path))
    if (isSure) onClose()
  }
  return (
    <Modal
      opened
      onClose={() => void leave()}
      title={<span className="mono">{file.path}</span>}
      size={960}
      padding="md"
    >
      <div className={classes.dialog}>
        {body.isPending && <Loading what="Reading the file…" />}
        {body.isError && (
          <Failed error={body.error} what="The file cannot be shown" onRetry={() => void body.refetch()} />
        )}
        {body.data !== undefined && (
          <CodeEditor
            className={classes.editor ?? ''}
            label={file.path}
            language={languageOf(file.path)}
            value={typed ?? body.data}
            onChange={setTyped}
            isReadOnly={isReadOnly}
            autoFocus
          />
        )}
        <div className={classes.dialogFoot}>
          <span className="dim">
            {isReadOnly ? 'An old version is only read.' : 'Saved with the draft of the workflow.'}
          </span>
          <Button variant="default" onClick={() => void leave()}>
            Close
          </Button>
          {!isReadOnly && (
            <Button disabled={!isChanged} loading={sent !== null} onClick={() => void save()}>
              Save
            </Button>
          )}
        </div>
      </div>
    </Modal>
  )
}

const mayClose = (path: string): Promise<boolean> =>
  confirm({
    title: `Close ${path} without saving?`,
    body: 'What you typed in it is lost.',
    confirm: 'Close without saving',
    cancel: 'Go on editing',
    isDestructive: true,
  })

import { Button, Progress } from '@mantine/core'
import { IconFilePlus, IconFolderPlus } from '@tabler/icons-react'
import { type DragEvent, useRef, useState } from 'react'
import { type AssetFile, Definition } from '../../../src-shared/contract/index.ts'
import { pickedByDrop, pickedByInput, type Progress as Sent } from '../../ui/fields/index.ts'
import { formatBytes, plural } from '../../ui/format.ts'
import { useDocument, useDocumentStore } from '../document-context.tsx'
import { AddButton } from '../inspector/fields/AddButton.tsx'
import { ListField } from '../inspector/fields/ListField.tsx'
import { mapOf } from '../inspector/values.ts'
import { FileRow } from './FileRow.tsx'
import { FileTextDialog } from './FileTextDialog.tsx'
import { globsOf, includeEdit, listed } from './file-list.ts'
import classes from './files.module.css'
import { useAddFiles } from './use-add-files.ts'

/** Rows that are drawn; a workflow may have 10,000 files. */
const MAX_SHOWN = 300

/** The files that go with the workflow: added, opened, replaced; and the globs that name them. */
export function WorkflowFiles() {
  const files = useDocument((state) => state.files)
  const isReadOnly = useDocument((state) => state.isReadOnly)
  const globs = useDocument((state) => mapOf(state.definition)['files'])
  const [opened, setOpened] = useState<AssetFile | null>(null)
  const [isOver, setOver] = useState(false)
  const { sent, add, cancel } = useAddFiles()
  const rows = listed(files, globsOf(globs))
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    setOver(false)
    if (!isReadOnly) void add(pickedByDrop(event.dataTransfer))
  }
  return (
    <section
      aria-label="Files of the workflow"
      className={classes.files}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        event.stopPropagation()
        setOver(!isReadOnly)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {rows.length === 0 && (
        <p className={classes.empty}>
          {isReadOnly
            ? 'This version has no files.'
            : 'Drop scripts and data here; steps find them in their working folder.'}
        </p>
      )}
      {rows.length > 0 && (
        <ul className={classes.list}>
          {rows.slice(0, MAX_SHOWN).map(({ file, isIncluded }) => (
            <FileRow key={file.path} file={file} isIncluded={isIncluded} onOpen={() => setOpened(file)} />
          ))}
        </ul>
      )}
      {rows.length > MAX_SHOWN && <p className={classes.empty}>and {plural(rows.length - MAX_SHOWN, 'more file')}</p>}
      <NotIncluded paths={rows.filter((one) => !one.isIncluded).map((one) => one.file.path)} />
      {sent !== null && <Sending sent={sent} onStop={cancel} />}
      {!isReadOnly && sent === null && (
        <Pickers onPick={(list) => void add(Promise.resolve(pickedByInput([...list])))} />
      )}
      <ListField
        path={['files']}
        schema={Definition.shape.files}
        label="File patterns"
        placeholder="such as scripts/*.py"
      />
      {opened !== null && <FileTextDialog file={opened} onClose={() => setOpened(null)} />}
    </section>
  )
}

function Sending({ sent: { sent, total }, onStop }: { readonly sent: Sent; readonly onStop: () => void }) {
  return (
    <div className={classes.sending} role="status">
      <Progress value={total === 0 ? 0 : (100 * sent) / total} size="sm" aria-label="Upload" flex={1} />
      <span className="tabular">
        {formatBytes(sent)} of {formatBytes(total)}
      </span>
      <Button variant="default" size="compact-xs" onClick={onStop}>
        Stop
      </Button>
    </div>
  )
}

function Pickers({ onPick }: { readonly onPick: (list: FileList) => void }) {
  const one = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const input = { type: 'file', hidden: true, 'aria-hidden': true, tabIndex: -1 } as const
  const take = (element: HTMLInputElement): void => {
    if (element.files !== null && element.files.length > 0) onPick(element.files)
    element.value = ''
  }
  return (
    <div className={classes.pickers}>
      <input ref={one} {...input} multiple data-testid="add-files" onChange={(event) => take(event.currentTarget)} />
      <input ref={folder} {...input} {...{ webkitdirectory: '' }} onChange={(event) => take(event.currentTarget)} />
      <AddButton label="Add files" icon={IconFilePlus} onClick={() => one.current?.click()} />
      <AddButton label="Add a folder" icon={IconFolderPlus} onClick={() => folder.current?.click()} />
    </div>
  )
}

/** Files that only this window knows of: whoever applies the weir.yaml from a folder would leave them out. */
function NotIncluded({ paths }: { readonly paths: readonly string[] }) {
  const store = useDocumentStore()
  if (paths.length === 0) return null
  const include = (): void => {
    const { actions, definition } = store.getState()
    actions.edit(`Include ${paths.length === 1 ? paths[0] : plural(paths.length, 'file')}`, [
      includeEdit(mapOf(definition)['files'], paths),
    ])
  }
  return (
    <div className={classes.warning}>
      <span>
        {paths.length === 1 ? (
          <>
            No file pattern includes <span className="mono">{paths[0]}</span>
          </>
        ) : (
          `No file pattern includes ${plural(paths.length, 'file')}`
        )}
        {paths.length === 1 ? ', so it' : ', so they'} would be left out where the workflow is applied from a folder.
      </span>
      <Button variant="default" size="compact-xs" h={24} onClick={include}>
        Include {paths.length === 1 ? 'it' : 'them'}
      </Button>
    </div>
  )
}

import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconDots,
  IconDownload,
  IconFile,
  IconFileText,
  IconPencil,
  IconReplace,
  IconTerminal,
  IconTrash,
} from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { type AssetFile, assetRoutes } from '../../../src-shared/contract/index.ts'
import { client, PROJECT } from '../../api/index.ts'
import { pickedByInput } from '../../ui/fields/index.ts'
import { formatBytes } from '../../ui/format.ts'
import { saveAs } from '../../ui/save.ts'
import { sayFailed } from '../../ui/say.ts'
import { useDocument, useDocumentStore } from '../document-context.tsx'
import { bodyOf, MAX_TEXT_BYTES } from './blob-text.ts'
import classes from './files.module.css'
import { RenameFile } from './RenameFile.tsx'
import { useAddFiles } from './use-add-files.ts'

interface FileRowProps {
  readonly file: AssetFile
  readonly isIncluded: boolean
  readonly onOpen: () => void
}

/** One file: opened by a click, and what else can be done with it in its menu. */
export function FileRow({ file, isIncluded, onOpen }: FileRowProps) {
  const isReadOnly = useDocument((state) => state.isReadOnly)
  const [isRenaming, setRenaming] = useState(false)
  const isText = file.size <= MAX_TEXT_BYTES
  const Icon = isText ? IconFileText : IconFile
  if (isRenaming) return <RenameFile file={file} onClose={() => setRenaming(false)} />
  return (
    <li className={classes.row}>
      <button
        type="button"
        className={classes.open}
        onClick={isText ? onOpen : () => void download(file)}
        title={isText ? `Open ${file.path}` : `Save ${file.path}`}
      >
        <Icon size={15} aria-hidden className={classes.icon} />
        <span className={`mono truncate ${classes.path}`}>{file.path}</span>
        {file.executable === true && (
          <Tooltip label="Can be executed">
            <IconTerminal size={13} aria-label="can be executed" className={classes.icon} />
          </Tooltip>
        )}
        {!isIncluded && (
          <Tooltip label="No glob includes this file">
            <IconAlertTriangle size={13} aria-label="no glob includes it" className={classes.warn} />
          </Tooltip>
        )}
        <span className={`tabular ${classes.size}`}>{formatBytes(file.size)}</span>
      </button>
      <FileMenu
        file={file}
        isText={isText}
        isReadOnly={isReadOnly}
        onOpen={onOpen}
        onRename={() => setRenaming(true)}
      />
    </li>
  )
}

async function download(file: AssetFile): Promise<void> {
  try {
    const answer = await client().bytes(assetRoutes.getBlob, { params: { project: PROJECT, digest: file.digest } })
    saveAs(file.path.split('/').at(-1) ?? file.path, new Blob([await bodyOf(answer)]))
  } catch (error) {
    sayFailed(`${file.path} could not be saved`, error)
  }
}

interface FileMenuProps {
  readonly file: AssetFile
  readonly isText: boolean
  readonly isReadOnly: boolean
  readonly onOpen: () => void
  readonly onRename: () => void
}

function FileMenu({ file, isText, isReadOnly, onOpen, onRename }: FileMenuProps) {
  const store = useDocumentStore()
  const input = useRef<HTMLInputElement>(null)
  const { add } = useAddFiles()
  const change = (next: (files: readonly AssetFile[]) => readonly AssetFile[]): void => {
    const { files, actions } = store.getState()
    actions.setFiles(next(files))
  }
  const toggle = (): void => change((files) => files.map((one) => (one.path === file.path ? flipped(one) : one)))
  return (
    <Menu position="bottom-end">
      <input
        ref={input}
        type="file"
        hidden
        aria-hidden
        tabIndex={-1}
        onChange={({ currentTarget }) => {
          if (currentTarget.files !== null && currentTarget.files.length > 0)
            void add(Promise.resolve(pickedByInput([...currentTarget.files])), file.path)
          currentTarget.value = ''
        }}
      />
      <Menu.Target>
        <ActionIcon size={24} aria-label={`More for ${file.path}`}>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isText && (
          <Menu.Item leftSection={<IconFileText size={14} />} onClick={onOpen}>
            Open
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconDownload size={14} />} onClick={() => void download(file)}>
          Save a copy
        </Menu.Item>
        {!isReadOnly && (
          <>
            <Menu.Item leftSection={<IconReplace size={14} />} onClick={() => input.current?.click()}>
              Replace
            </Menu.Item>
            <Menu.Item leftSection={<IconPencil size={14} />} onClick={onRename}>
              Rename
            </Menu.Item>
            <Menu.Item leftSection={<IconTerminal size={14} />} onClick={toggle}>
              {file.executable === true ? 'Make not executable' : 'Make executable'}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconTrash size={14} />}
              onClick={() => change((files) => files.filter((one) => one.path !== file.path))}
            >
              Remove from the workflow
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

/** The same file, executable or not. */
function flipped({ executable, ...rest }: AssetFile): AssetFile {
  return executable === true ? rest : { ...rest, executable: true }
}

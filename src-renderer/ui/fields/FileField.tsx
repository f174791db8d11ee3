import { ActionIcon, Button, Progress, Tooltip } from '@mantine/core'
import { IconFile, IconFolder, IconX } from '@tabler/icons-react'
import { type DragEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { type AssetValue, isAsset, type Json, type Param } from '../../../src-shared/contract/index.ts'
import { complaintOf } from '../../api/problem.ts'
import { formatBytes, plural } from '../format.ts'
import classes from './fields.module.css'
import { assetText } from './param-values.ts'
import { type Picked, pickedByDrop, pickedByInput } from './picked-files.ts'
import { type Progress as Sent, uploadFiles } from './upload.ts'

interface FileFieldProps {
  readonly name: string
  readonly param: Param
  readonly value: Json | undefined
  readonly onChange: (value: Json | undefined) => void
  /** True while a file travels: the form cannot be sent yet */
  readonly onBusy: (isBusy: boolean) => void
  readonly labelId: string
  readonly describedBy: string
}

/** Takes a file or folder by drop or dialog, and stores it with the engine at once, so that the start is quick. */
export function FileField({ name, param, value, onChange, onBusy, labelId, describedBy }: FileFieldProps) {
  const takes = takenBy(param)
  const [input, folder] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)]
  const [isOver, setOver] = useState(false)
  const { sent, fault, start, cancel } = useUpload(name, takes, onChange, onBusy)
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    setOver(false)
    void start(pickedByDrop(event.dataTransfer))
  }
  const onOver = (event: DragEvent): void => {
    event.preventDefault()
    setOver(true)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame of its own
    <div
      role="group"
      aria-labelledby={labelId}
      aria-describedby={describedBy}
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={onOver}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <Dialog input={input} takes={takes} onPicked={(list) => void start(picked(list))} />
      {takes === 'files' && <Dialog input={folder} takes="folder" onPicked={(list) => void start(picked(list))} />}
      {sent !== null ? (
        <Uploading sent={sent} onCancel={cancel} />
      ) : isAsset(value) ? (
        <Chosen
          asset={value}
          isFolder={takes === 'folder' || value.files.length > 1}
          onRemove={() => onChange(undefined)}
        />
      ) : (
        <Invitation noun={INVITED[takes]} own={param.default} />
      )}
      {sent === null && (
        <Button variant="default" size="compact-sm" h={26} onClick={() => input.current?.click()}>
          {isAsset(value) && takes !== 'files'
            ? 'Choose another'
            : `Choose ${takes === 'files' ? takes : `a ${takes}`}`}
        </Button>
      )}
      {sent === null && takes === 'files' && (
        <Button variant="default" size="compact-sm" h={26} onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
      )}
      {fault !== null && (
        <p className={classes.fault} role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}

/** What a parameter can be given; `files` are any number of them, or a folder. */
type Takes = 'file' | 'files' | 'folder'

const takenBy = ({ type, multiple = false }: Param): Takes =>
  type === 'directory' ? 'folder' : multiple ? 'files' : 'file'

const INVITED: Readonly<Record<Takes, string>> = { file: 'a file', files: 'files or a folder', folder: 'a folder' }

interface DialogProps {
  readonly input: RefObject<HTMLInputElement | null>
  readonly takes: Takes
  readonly onPicked: (list: readonly File[]) => void
}

function Dialog({ input, takes, onPicked }: DialogProps) {
  return (
    <input
      ref={input}
      type="file"
      hidden
      multiple={takes === 'files'}
      {...(takes === 'folder' ? { webkitdirectory: '' } : {})}
      onChange={({ currentTarget }) => {
        const list = [...(currentTarget.files ?? [])]
        // So that the same file can be picked again.
        currentTarget.value = ''
        if (list.length > 0) onPicked(list)
      }}
    />
  )
}

/** As a promise, because a folder may hold too many files. */
const picked = async (list: readonly File[]): Promise<Picked> => pickedByInput(list)

/** @param own path of a file of the workflow that is used when nothing is given */
function Invitation({ noun, own }: { readonly noun: string; readonly own: Json | undefined }) {
  return (
    <span className={classes.dropText}>
      {typeof own === 'string' ? (
        <>
          <span className="mono">{own}</span> of the workflow, or drop {noun} here
        </>
      ) : (
        `Drop ${noun} here`
      )}
    </span>
  )
}

function useUpload(
  name: string,
  takes: Takes,
  onChange: (value: Json | undefined) => void,
  onBusy: (isBusy: boolean) => void,
) {
  const [sent, setSent] = useState<Sent | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const running = useRef<AbortController | null>(null)
  const latest = useRef({ onChange, onBusy })
  latest.current = { onChange, onBusy }
  useEffect(
    () => () => {
      if (running.current === null) return
      running.current.abort()
      latest.current.onBusy(false)
    },
    [],
  )
  const start = async (picking: Promise<Picked>): Promise<void> => {
    running.current?.abort()
    const stop = new AbortController()
    running.current = stop
    setFault(null)
    setSent({ sent: 0, total: 0 })
    latest.current.onBusy(true)
    try {
      const picked = await picking
      const wrong = unfit(picked, takes)
      if (wrong === null) {
        const files = await uploadFiles(picked.files, stop.signal, setSent)
        latest.current.onChange({ kind: 'asset', name, files } satisfies AssetValue as unknown as Json)
      } else setFault(wrong)
    } catch (error) {
      if (stop.signal.aborted) return
      const { detail, fix } = complaintOf(error)
      setFault(fix === null ? detail : `${detail} ${fix}`)
    } finally {
      if (running.current === stop) {
        running.current = null
        setSent(null)
        latest.current.onBusy(false)
      }
    }
  }
  return { sent, fault, start, cancel: () => running.current?.abort() }
}

function unfit({ folder, files }: Picked, takes: Takes): string | null {
  if (files.length === 0) return takes === 'folder' ? 'That folder is empty.' : 'There was no file in that.'
  if (takes === 'files') return null
  if (takes === 'folder') return folder === null ? 'That is a file; choose the folder that holds it.' : null
  if (folder !== null) return 'That is a folder; choose one file.'
  return files.length > 1 ? `Those are ${files.length} files; choose one.` : null
}

function Uploading({ sent: { sent, total }, onCancel }: { readonly sent: Sent; readonly onCancel: () => void }) {
  const percent = total === 0 ? 0 : (100 * sent) / total
  return (
    <>
      <Progress value={percent} className={classes.progress} aria-label="Upload" size={6} />
      <span className="tabular dim">{total === 0 ? 'Reads' : `${formatBytes(sent)} of ${formatBytes(total)}`}</span>
      <Button variant="default" size="compact-sm" h={26} onClick={onCancel}>
        Stop
      </Button>
    </>
  )
}

function Chosen(props: { readonly asset: AssetValue; readonly isFolder: boolean; readonly onRemove: () => void }) {
  const { asset, isFolder, onRemove } = props
  const size = asset.files.reduce((sum, file) => sum + file.size, 0)
  const Icon = isFolder ? IconFolder : IconFile
  const text = isFolder ? plural(asset.files.length, 'file') : assetText(asset)
  return (
    <span className={classes.chosen}>
      <Icon size={16} stroke={1.5} aria-hidden className="dim" />
      <span className="truncate" title={asset.files.map(({ path }) => path).join('\n')}>
        {text}
      </span>
      <span className="tabular dim">{formatBytes(size)}</span>
      <Tooltip label="Take it out">
        <ActionIcon size={22} aria-label={`Take ${text} out`} onClick={onRemove}>
          <IconX size={14} />
        </ActionIcon>
      </Tooltip>
    </span>
  )
}

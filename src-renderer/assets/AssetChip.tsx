import { ActionIcon, Tooltip } from '@mantine/core'
import { IconDownload, IconFile, IconFiles } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { type AssetValue, assetRoutes } from '../../src-shared/contract/index.ts'
import { client, PROJECT } from '../api/index.ts'
import { formatBytes, plural } from '../ui/format.ts'
import { saveAs } from '../ui/save.ts'
import { sayFailed } from '../ui/say.ts'
import classes from './Json.module.css'
import { visible } from './visible.ts'

/** Files within a value, as people know them: their name, which opens them in the assets of the run, and their size. */
export function AssetChip({ asset }: { readonly asset: AssetValue }) {
  const { run } = useParams({ strict: false })
  const { files, name } = asset
  const [only] = files
  const isOne = files.length === 1 && only !== undefined
  const text = isOne ? visible(only.path) : name
  const Icon = isOne ? IconFile : IconFiles
  const size = formatBytes(files.reduce((sum, file) => sum + file.size, 0))
  const inside = (
    <>
      <Icon size={13} stroke={1.5} aria-hidden />
      <span className="truncate">{text}</span>
    </>
  )
  return (
    <>
      {run === undefined || only === undefined ? (
        <span className={classes.chip}>{inside}</span>
      ) : (
        <Link
          to="/runs/$run"
          params={{ run }}
          search={{ tab: 'assets', file: only.digest }}
          className={classes.chip}
          aria-label={`Show ${text} in the assets`}
          onClick={(event) => event.stopPropagation()}
        >
          {inside}
        </Link>
      )}
      <span className={classes.size}>{isOne ? size : `${plural(files.length, 'file')}, ${size}`}</span>
      {isOne && <SaveFile path={only.path} digest={only.digest} />}
    </>
  )
}

/** Also what the assets of this run do not hold: a result may name a file of another one. */
function SaveFile({ path, digest }: { readonly path: string; readonly digest: string }) {
  const save = async (): Promise<void> => {
    const { body } = await client().bytes(assetRoutes.getBlob, { params: { project: PROJECT, digest } })
    const parts: BlobPart[] = []
    for await (const part of body) parts.push(new Uint8Array(part))
    saveAs(path.split('/').at(-1) ?? path, new Blob(parts))
  }
  return (
    <Tooltip label="Save the file">
      <ActionIcon
        size={22}
        aria-label={`Save ${path}`}
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation()
          save().catch((error: unknown) => sayFailed(`${path} could not be saved`, error))
        }}
      >
        <IconDownload size={14} />
      </ActionIcon>
    </Tooltip>
  )
}

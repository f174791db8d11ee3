import { ActionIcon, Tooltip } from '@mantine/core'
import { IconChevronRight, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { Asset, AssetFile } from '../../src-shared/contract/index.ts'
import { useRunAssets } from '../runs/run/data/use-run-assets.ts'
import { formatBytes, plural } from '../ui/format.ts'
import { AssetPreview } from './AssetPreview.tsx'
import classes from './Assets.module.css'
import { saveAll, saveFile } from './saving.ts'
import { visible } from './visible.ts'

interface AssetListProps {
  readonly step: string
  /** Only what this attempt made; all attempts when absent */
  readonly attempt?: number
}

/** Height of a preview in an inspector. */
const PREVIEW_HEIGHT = 260
/** Files of one asset that are listed at once. */
const SHOWN_FILES = 50

/** What a step made, for an inspector: files that unfold into their previews. */
export function AssetList({ step, attempt }: AssetListProps) {
  const assets = useRunAssets(step).assets.filter((asset) => attempt === undefined || asset.attempt === attempt)
  if (assets.length === 0) return <p className={classes.nothing}>This step made no files.</p>
  return (
    <div className={classes.list}>
      {assets.map((asset) => (
        <OneAsset key={asset.id} asset={asset} isAlone={assets.length === 1 && asset.files.length === 1} />
      ))}
    </div>
  )
}

function OneAsset({ asset, isAlone }: { readonly asset: Asset; readonly isAlone: boolean }) {
  const [open, setOpen] = useState<string | null>(isAlone ? (asset.files[0]?.path ?? null) : null)
  const [shown, setShown] = useState(SHOWN_FILES)
  const left = asset.files.length - shown
  return (
    <section aria-label={asset.name}>
      <header className={classes.assetHead}>
        <strong className="truncate">{asset.name}</strong>
        <span className="dim">
          {plural(asset.files.length, 'file')}, {formatBytes(asset.size)}
        </span>
        {asset.files.length > 1 && (
          <Tooltip label="Save all files as a zip">
            <ActionIcon
              size={22}
              aria-label={`Save all files of ${asset.name}`}
              onClick={() => void saveAll(`${asset.run}-${asset.step}-${asset.name}`, [asset])}
            >
              <IconDownload size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </header>
      <ul className={classes.files}>
        {asset.files.slice(0, shown).map((file) => (
          <li key={file.path}>
            <FileLine
              asset={asset}
              file={file}
              isOpen={open === file.path}
              onToggle={() => setOpen(open === file.path ? null : file.path)}
            />
            {open === file.path && (
              <div className={classes.unfolded}>
                <AssetPreview asset={asset} file={file} height={PREVIEW_HEIGHT} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {left > 0 && (
        <button type="button" className={classes.more} onClick={() => setShown(shown + 10 * SHOWN_FILES)}>
          Show more: {plural(left, 'file is', 'files are')} left
        </button>
      )}
    </section>
  )
}

interface FileLineProps {
  readonly asset: Asset
  readonly file: AssetFile
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function FileLine({ asset, file, isOpen, onToggle }: FileLineProps) {
  return (
    <div className={classes.fileLine}>
      <button type="button" className={classes.unfold} aria-expanded={isOpen} onClick={onToggle}>
        <IconChevronRight size={12} aria-hidden />
        <span className="mono truncate">{visible(file.path)}</span>
      </button>
      <span className="dim tabular">{formatBytes(file.size)}</span>
      <Tooltip label="Save the file">
        <ActionIcon size={22} aria-label={`Save ${file.path}`} onClick={() => void saveFile(asset, file)}>
          <IconDownload size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

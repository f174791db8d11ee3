import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import type { Asset, AssetFile } from '../../src-shared/contract/index.ts'
import { formatBytes, plural } from '../ui/format.ts'
import { AssetPreview } from './AssetPreview.tsx'
import classes from './Assets.module.css'
import { visible } from './visible.ts'

export interface NamedFile {
  /** Under which name a step has it */
  readonly name: string
  readonly file: AssetFile
  /** Undefined: it was handed in from outside, and is not among what the run has made */
  readonly asset: Asset | undefined
}

const SHOWN = 20
const PREVIEW_HEIGHT = 220

/** Files by the names under which a step has them; those that the run has made unfold into their previews. */
export function FileLines({ files }: { readonly files: readonly NamedFile[] }) {
  const [open, setOpen] = useState<string | null>(null)
  return (
    <ul className={classes.files}>
      {files.slice(0, SHOWN).map(({ name, file, asset }) => {
        const key = `${name}/${file.path}`
        return (
          <li key={key}>
            <div className={classes.fileLine}>
              {asset === undefined ? (
                <span className={classes.fileName}>
                  {name}: <span className="mono">{visible(file.path)}</span>
                </span>
              ) : (
                <button
                  type="button"
                  className={classes.unfold}
                  aria-expanded={open === key}
                  onClick={() => setOpen(open === key ? null : key)}
                >
                  <IconChevronRight size={12} aria-hidden />
                  <span className="truncate">
                    {name}: <span className="mono">{visible(file.path)}</span>
                  </span>
                </button>
              )}
              <span className="dim tabular">{formatBytes(file.size)}</span>
              {asset !== undefined && <span className="dim">of {asset.step}</span>}
            </div>
            {open === key && asset !== undefined && (
              <div className={classes.unfolded}>
                <AssetPreview asset={asset} file={file} height={PREVIEW_HEIGHT} />
              </div>
            )}
          </li>
        )
      })}
      {files.length > SHOWN && <li className="dim">and {plural(files.length - SHOWN, 'more file')}</li>}
    </ul>
  )
}

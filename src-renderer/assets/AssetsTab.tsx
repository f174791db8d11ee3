import { Button, Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconDownload, IconFiles, IconPackage } from '@tabler/icons-react'
import { useSearch } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import type { Asset, AssetFile } from '../../src-shared/contract/index.ts'
import { sentence } from '../api/index.ts'
import { useRunAssets } from '../runs/run/data/use-run-assets.ts'
import { formatBytes, plural } from '../ui/format.ts'
import { Empty } from '../ui/Notes.tsx'
import { Split } from '../ui/Split.tsx'
import { AssetPreview } from './AssetPreview.tsx'
import classes from './Assets.module.css'
import { saveAll } from './saving.ts'
import { visible } from './visible.ts'

type Line =
  | { readonly kind: 'asset'; readonly asset: Asset }
  | { readonly kind: 'file'; readonly asset: Asset; readonly file: AssetFile }

const LINE = 30

/** All files that the steps of a run made, by step, with previews beside them. */
export function AssetsTab({ run }: { readonly run: string }) {
  const { assets, lost } = useRunAssets()
  const [first] = lost
  if (assets.length === 0 && first !== undefined)
    return <Empty title={`The outputs of ${first.step} are lost`}>{sentence(first.why)}</Empty>
  if (assets.length === 0) {
    return (
      <Empty icon={<IconPackage size={28} stroke={1.5} />} title="No assets">
        Files that a step declares under outputs are kept and shown here, e.g.{' '}
        <code>report: {'{ files: report.html }'}</code>.
      </Empty>
    )
  }
  return <Assets run={run} assets={assets} lost={lost.map(({ step }) => step)} />
}

const keyOf = (asset: Asset, file: AssetFile): string => `${asset.id}/${file.path}`

interface AssetsProps {
  readonly run: string
  readonly assets: readonly Asset[]
  /** Steps whose files are missing in the list, because they cannot be read */
  readonly lost: readonly string[]
}

function Assets({ run, assets, lost }: AssetsProps) {
  const isNarrow = useMediaQuery('(max-width: 700px)') === true
  const lines = useMemo(() => linesOf(assets), [assets])
  const { file: wanted } = useSearch({ strict: false })
  const files = lines.filter((line) => line.kind === 'file')
  const linked = wanted === undefined ? undefined : files.find(({ file }) => file.digest === wanted)
  const [chosen, setChosen] = useState<string | null>(linked === undefined ? null : keyOf(linked.asset, linked.file))
  const selected = files.find((line) => keyOf(line.asset, line.file) === chosen) ?? (isNarrow ? undefined : files[0])
  const list = (
    <div className={classes.tab}>
      <Bar run={run} assets={assets} count={files.length} />
      {lost.length > 0 && (
        <p className={classes.nothing} role="status">
          What these steps made cannot be read: {lost.join(', ')}.
        </p>
      )}
      <FileList
        lines={lines}
        selected={selected === undefined ? null : keyOf(selected.asset, selected.file)}
        onSelect={setChosen}
      />
    </div>
  )
  if (isNarrow) {
    return (
      <>
        {list}
        <Modal
          opened={selected !== undefined}
          onClose={() => setChosen(null)}
          fullScreen
          title={selected?.asset.step}
          classNames={{ content: classes.sheet ?? '', body: classes.sheetBody ?? '' }}
          styles={{ body: { padding: 0 } }}
        >
          {selected !== undefined && <AssetPreview asset={selected.asset} file={selected.file} />}
        </Modal>
      </>
    )
  }
  const preview =
    selected === undefined ? null : (
      <AssetPreview key={keyOf(selected.asset, selected.file)} asset={selected.asset} file={selected.file} />
    )
  return (
    <Split
      name="assets"
      direction="horizontal"
      main={list}
      side={preview}
      size={64}
      min={30}
      label="Width of the preview"
    />
  )
}

function Bar({
  run,
  assets,
  count,
}: {
  readonly run: string
  readonly assets: readonly Asset[]
  readonly count: number
}) {
  return (
    <header className={classes.bar}>
      <span className="dim">
        {plural(count, 'file')}, {formatBytes(assets.reduce((sum, asset) => sum + asset.size, 0))}
      </span>
      <Button
        variant="default"
        h={28}
        leftSection={<IconDownload size={16} />}
        onClick={() => void saveAll(`${run}-assets`, assets)}
      >
        Save all
      </Button>
    </header>
  )
}

function linesOf(assets: readonly Asset[]): Line[] {
  const lines: Line[] = []
  for (const asset of assets) {
    lines.push({ kind: 'asset', asset })
    for (const file of asset.files) lines.push({ kind: 'file', asset, file })
  }
  return lines
}

interface FileListProps {
  readonly lines: readonly Line[]
  readonly selected: string | null
  readonly onSelect: (key: string) => void
}

function FileList({ lines, selected, onSelect }: FileListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 12,
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    const step =
      event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    let at = lines.findIndex((line) => line.kind === 'file' && keyOf(line.asset, line.file) === selected)
    do at += step
    while (lines[at]?.kind === 'asset')
    const line = lines[at]
    if (line?.kind !== 'file') return
    onSelect(keyOf(line.asset, line.file))
    virtual.scrollToIndex(at)
  }
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="listbox"
      aria-label="Files"
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={classes.lines} style={{ height: virtual.getTotalSize() }} role="none">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index]
          if (line === undefined) return null
          const style = { transform: `translateY(${start}px)` }
          if (line.kind === 'asset') return <AssetLine key={line.asset.id} asset={line.asset} style={style} />
          const key = keyOf(line.asset, line.file)
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
            <div
              key={key}
              role="option"
              aria-selected={key === selected}
              tabIndex={-1}
              className={classes.line}
              style={style}
              onClick={() => onSelect(key)}
            >
              <span className="mono truncate" title={visible(line.file.path)}>
                {visible(line.file.path)}
              </span>
              <span className={`${classes.size} tabular`}>{formatBytes(line.file.size)}</span>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function AssetLine({ asset, style }: { readonly asset: Asset; readonly style: React.CSSProperties }) {
  return (
    <div className={classes.assetLine} style={style} role="presentation">
      <IconFiles size={14} aria-hidden />
      <span className="truncate">
        {asset.step} · {asset.name}
      </span>
      {asset.attempt > 1 && <span className="dim">attempt {asset.attempt}</span>}
      <span className={`${classes.size} tabular`}>{plural(asset.files.length, 'file')}</span>
    </div>
  )
}

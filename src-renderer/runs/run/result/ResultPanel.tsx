import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconReportAnalytics, IconX } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { AssetPreview } from '../../../assets/AssetPreview.tsx'
import { JsonTree } from '../../../assets/JsonTree.tsx'
import { formatBytes } from '../../../ui/format.ts'
import { useHead } from '../data/run-store.ts'
import { useRunAssets } from '../data/use-run-assets.ts'
import insp from '../inspector/inspector.module.css'
import { Part } from '../inspector/Part.tsx'
import { Leaves } from './Leaves.tsx'
import { namedFiles, reportOf, type Shown, valuesOf } from './report.ts'
import classes from './result.module.css'

interface ResultPanelProps {
  readonly onClose: () => void
  readonly onShowAssets: () => void
  readonly onSelect: (step: string) => void
}

/** What a finished run has left: its report, its values, its files. */
export function ResultPanel({ onClose, onShowAssets, onSelect }: ResultPanelProps) {
  const { result } = useHead()
  const outputs = useMemo(() => result?.outputs ?? {}, [result])
  const values = useMemo(() => valuesOf(outputs), [outputs])
  const { assets } = useRunAssets()
  const files = useMemo(() => namedFiles(outputs, assets), [outputs, assets])
  const report = reportOf(files)
  return (
    <section className={insp.inspector} aria-label="Result of the run">
      <header className={insp.head}>
        <div className={insp.headMain}>
          <h2 className={insp.name}>Result</h2>
        </div>
        <div className={insp.headActions}>
          <Tooltip label="Close">
            <ActionIcon aria-label="Close the result" onClick={onClose}>
              <IconX size={18} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      <div className={insp.content}>
        {report !== undefined && <Report key={report.file.digest} report={report} />}
        {Object.keys(outputs).length === 0 && <Leaves onSelect={onSelect} />}
        {Object.keys(values).length > 0 && (
          <Part title="Outputs">
            <JsonTree value={values} name="outputs" />
          </Part>
        )}
        {files.length > 0 && <Files files={files} onShowAssets={onShowAssets} />}
      </div>
    </section>
  )
}

function Files({ files, onShowAssets }: { readonly files: readonly Shown[]; readonly onShowAssets: () => void }) {
  return (
    <Part
      title="Files"
      actions={
        <Button variant="subtle" h={26} onClick={onShowAssets}>
          Show all assets
        </Button>
      }
    >
      <ul className={classes.files}>
        {files.map(({ asset, file }) => (
          <li key={`${asset.id}/${file.path}`} className={classes.file}>
            <span className="mono truncate">{file.path}</span>
            <span className="dim tabular">{formatBytes(file.size)}</span>
          </li>
        ))}
      </ul>
    </Part>
  )
}

const PREVIEW_PX = 300

function Report({ report: { asset, file } }: { readonly report: Shown }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Part
      title="Report"
      actions={
        <Button h={28} leftSection={<IconReportAnalytics size={16} stroke={1.5} />} onClick={() => setOpen(true)}>
          Open the report
        </Button>
      }
    >
      <div className={classes.report}>
        <AssetPreview asset={asset} file={file} height={PREVIEW_PX} isLarge={isOpen} onLarge={setOpen} />
      </div>
    </Part>
  )
}

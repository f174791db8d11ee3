import { ActionIcon, Button, Modal, SegmentedControl, Tooltip } from '@mantine/core'
import { IconDownload, IconExternalLink, IconFileUnknown, IconMaximize } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Component, type ReactNode, useState } from 'react'
import type { Asset, AssetFile } from '../../src-shared/contract/index.ts'
import { bridge } from '../api/index.ts'
import { Copyable } from '../ui/Copy.tsx'
import { formatBytes } from '../ui/format.ts'
import { Empty, Failed, Loading } from '../ui/Notes.tsx'
import { addressOf, readBytes } from './bytes.ts'
import { type Kind, kindOf, nameOf } from './kinds.ts'
import classes from './Preview.module.css'
import { saveFile } from './saving.ts'
import { TablePreview } from './TablePreview.tsx'
import { type BodyProps, JsonPreview, TextPreview } from './TextPreview.tsx'
import { useViewBase } from './use-assets.ts'
import { visible } from './visible.ts'

interface AssetPreviewProps {
  readonly asset: Asset
  readonly file: AssetFile
  /** Of the preview itself; it fills its place when absent */
  readonly height?: number
  /** Whether it is seen in the whole window, where something else decides that, too */
  readonly isLarge?: boolean
  readonly onLarge?: (isLarge: boolean) => void
}

/** One file: what it is, what is in it, and save. Can be seen in the whole window. */
export function AssetPreview({ asset, file, height, ...large }: AssetPreviewProps) {
  const [isOwnLarge, setOwnLarge] = useState(false)
  const { isLarge = isOwnLarge, onLarge: setLarge = setOwnLarge } = large
  const view = useViewBase(asset.id)
  const address = view.data === undefined ? null : addressOf(view.data.base, file.path)
  const body = (
    <Boundary key={`${asset.id}/${file.path}`} name={nameOf(file.path)}>
      {view.error !== null ? (
        <Failed what={`${nameOf(file.path)} cannot be shown`} error={view.error} onRetry={() => void view.refetch()} />
      ) : address === null ? (
        <Loading what="Opening the file…" />
      ) : (
        <Body asset={asset} file={file} address={address} />
      )}
    </Boundary>
  )
  return (
    <section className={classes.preview} aria-label={`Preview of ${file.path}`}>
      <header className={classes.head}>
        <span className={`${classes.name} truncate`} title={visible(file.path)}>
          {visible(nameOf(file.path))}
        </span>
        <Facts file={file} />
        <Tools asset={asset} file={file} address={address} />
        <Tooltip label="Show in the whole window">
          <ActionIcon aria-label="Show in the whole window" onClick={() => setLarge(true)}>
            <IconMaximize size={16} />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className={classes.body} style={height === undefined ? undefined : { height, flex: 'none' }}>
        {!isLarge && body}
      </div>
      <Modal.Root opened={isLarge} onClose={() => setLarge(false)} fullScreen transitionProps={{ duration: 140 }}>
        <Modal.Content classNames={{ content: classes.large ?? '' }}>
          <Modal.Header role="none" className={`${classes.head} ${classes.largeHead}`}>
            <Modal.Title className={`${classes.name} truncate`}>{visible(file.path)}</Modal.Title>
            <Facts file={file} />
            <Tools asset={asset} file={file} address={address} />
            <Modal.CloseButton aria-label="Close" className={classes.close ?? ''} />
          </Modal.Header>
          <Modal.Body className={classes.largeBody ?? ''} p={0}>
            {body}
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </section>
  )
}

function Facts({ file }: { readonly file: AssetFile }) {
  return (
    <>
      <span className={`${classes.fact} dim tabular`}>{formatBytes(file.size)}</span>
      <span className={`${classes.fact} ${classes.digest}`}>
        <Copyable value={file.digest} shown={file.digest.slice(0, DIGEST_CHARS)} label="Copy the SHA-256 digest" />
      </span>
      <span className={classes.spring} />
    </>
  )
}

interface ToolsProps {
  readonly asset: Asset
  readonly file: AssetFile
  readonly address: string | null
}

function Tools({ asset, file, address }: ToolsProps) {
  return (
    <>
      {bridge === null && address !== null && opensInWindow(kindOf(file.path)) && (
        <Tooltip label="Open in a new tab">
          <ActionIcon
            component="a"
            href={address}
            target="_blank"
            rel="noopener noreferrer"
            aria-label="Open in a new tab"
          >
            <IconExternalLink size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <Tooltip label="Save the file">
        <ActionIcon aria-label={`Save ${nameOf(file.path)}`} onClick={() => void saveFile(asset, file)}>
          <IconDownload size={16} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}

const DIGEST_CHARS = 12
const opensInWindow = (kind: Kind): boolean => kind === 'html' || kind === 'image' || kind === 'pdf'

function Body({ asset, file, address }: { readonly asset: Asset; readonly file: AssetFile; readonly address: string }) {
  const props: BodyProps = { address, digest: file.digest, path: file.path, size: file.size }
  const none = <NoPreview asset={asset} file={file} />
  const kind = kindOf(file.path)
  if (kind === 'text') return <TextPreview {...props} notText={none} />
  if (kind === 'unknown') return <UnknownPreview {...props} none={none} />
  if (kind === 'json') return <JsonPreview {...props} />
  if (kind === 'table') return <TableOrText {...props} />
  if (kind === 'image') return <ImagePreview {...props} />
  if (kind === 'html') return <HtmlPreview {...props} />
  return navigator.pdfViewerEnabled ? <PdfPreview {...props} /> : none
}

/** A file whose name says nothing: text if its beginning is. */
function UnknownPreview(props: BodyProps & { readonly none: ReactNode }) {
  return props.size > MAX_GUESSED_BYTES ? props.none : <TextPreview {...props} notText={props.none} />
}

/** Larger files without a known name are data. */
const MAX_GUESSED_BYTES = 256 * 1024 * 1024

function NoPreview({ asset, file }: { readonly asset: Asset; readonly file: AssetFile }) {
  return (
    <Empty
      icon={<IconFileUnknown size={28} stroke={1.5} />}
      title="No preview for this kind"
      actions={
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => void saveFile(asset, file)}>
          Save the file
        </Button>
      }
    >
      <div>{formatBytes(file.size)}</div>
      <Copyable value={file.digest} shown={`SHA-256 ${file.digest.slice(0, 20)}…`} label="Copy the SHA-256 digest" />
    </Empty>
  )
}

function TableOrText(props: BodyProps) {
  const [as, setAs] = useState<'table' | 'text'>('table')
  return (
    <div className={classes.switched}>
      <SegmentedControl
        className={classes.switch ?? ''}
        aria-label="How the file is shown"
        data={[
          { value: 'table', label: 'Table' },
          { value: 'text', label: 'Text' },
        ]}
        value={as}
        onChange={(value) => setAs(value === 'text' ? 'text' : 'table')}
      />
      <div className={classes.rest}>
        {as === 'table' ? (
          <TablePreview address={props.address} size={props.size} name={nameOf(props.path)} />
        ) : (
          <TextPreview {...props} notText={null} />
        )}
      </div>
    </div>
  )
}

function ImagePreview(props: BodyProps) {
  const [address] = useState(props.address)
  const [isFit, setFit] = useState(true)
  const [size, setSize] = useState<{ width: number; height: number } | null>(null)
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <BrokenFile {...props} what="This picture cannot be shown" />
  return (
    <div className={classes.switched}>
      <div className={classes.switch}>
        <SegmentedControl
          aria-label="Size of the picture"
          data={[
            { value: 'fit', label: 'Fit' },
            { value: 'full', label: '100 %' },
          ]}
          value={isFit ? 'fit' : 'full'}
          onChange={(value) => setFit(value === 'fit')}
        />
        {size !== null && (
          <span className="dim tabular">
            {size.width} × {size.height}
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className={classes.picture} data-fit={isFit || undefined} tabIndex={0} aria-label="Picture">
        <img
          src={address}
          alt={nameOf(props.path)}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setSize({ width: naturalWidth, height: naturalHeight })
          }
          onError={() => setBroken(true)}
        />
      </section>
    </div>
  )
}

/** Why the browser could not show a file: the engine may know. */
function BrokenFile(props: BodyProps & { readonly what: string }) {
  const { error, isPending, refetch } = useQuery({
    queryKey: ['assets.broken', props.address],
    queryFn: ({ signal }) => readBytes(props.address, null, signal).then((bytes) => bytes.byteLength),
    gcTime: 0,
  })
  if (isPending) return <Loading what="Looking what is wrong with the file…" />
  if (error !== null) return <Failed what={props.what} error={error} onRetry={() => void refetch()} />
  return (
    <Empty icon={<IconFileUnknown size={28} stroke={1.5} />} title={props.what}>
      The file is there and whole, but the browser does not understand it: it may be of another kind than its name says.
    </Empty>
  )
}

/** Somebody's page with somebody's scripts: in an origin of its own, without a network, and without our window. */
function HtmlPreview({ address: newest, path }: BodyProps) {
  const [address] = useState(newest) // a page that is shown is not loaded anew because its address was renewed
  return (
    <div className={classes.switched}>
      <iframe
        className={classes.page}
        src={address}
        title={nameOf(path)}
        sandbox="allow-scripts"
        referrerPolicy="no-referrer"
      />
      <p className={classes.caption}>
        Shown apart from Weir: its scripts run, but reach no network and none of your data.
      </p>
    </div>
  )
}

/** No browser shows a PDF inside of a sandbox; the engine forbids it everything but being shown. */
function PdfPreview({ address: newest, path }: BodyProps) {
  const [address] = useState(newest)
  return <iframe className={classes.page} src={address} title={nameOf(path)} referrerPolicy="no-referrer" />
}

/** A preview that breaks must not take the screen with it. */
class Boundary extends Component<
  { readonly name: string; readonly children: ReactNode },
  { readonly error: Error | null }
> {
  override state: { readonly error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <Failed
        what={`${this.props.name} cannot be shown`}
        error={error}
        onRetry={() => this.setState({ error: null })}
      />
    )
  }
}

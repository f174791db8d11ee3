import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Json } from '../../src-shared/contract/index.ts'
import { CodeEditor } from '../ui/code/CodeEditor.tsx'
import { languageOf } from '../ui/code/languages.ts'
import { formatBytes } from '../ui/format.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { readBytes } from './bytes.ts'
import { JsonTree } from './JsonTree.tsx'
import { looksLikeText, nameOf } from './kinds.ts'
import classes from './Preview.module.css'

export interface BodyProps {
  readonly address: string
  readonly digest: string
  readonly path: string
  readonly size: number
}

const MiB = 1024 * 1024
/** Shown at first, and added by each "Show more". */
const STEP_BYTES = MiB
/** A larger JSON would make the window wait while it is read. */
const MAX_JSON_BYTES = 24 * MiB

/** The bytes of a file up to `to`. What has a digest never changes, so that it is never asked for twice. */
function useStart({ address, digest, size }: BodyProps, to: number, wanted = true) {
  const whole = to >= size
  return useQuery({
    queryKey: ['assets.bytes', digest, whole ? 'whole' : to],
    queryFn: ({ signal }) => readBytes(address, whole ? null : { from: 0, to }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: (before) => before,
    enabled: wanted,
  })
}

/** Text: the first MiB, and more when it is wanted. */
export function TextPreview(props: BodyProps & { readonly notText: React.ReactNode | null }) {
  const { path, size, notText } = props
  const [to, setTo] = useState(STEP_BYTES)
  const { data, error, refetch, isFetching } = useStart(props, to)
  if (error !== null)
    return <Failed what={`${nameOf(path)} could not be read`} error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading what="Reading the file…" />
  if (notText !== null && !looksLikeText(data.subarray(0, 64 * 1024))) return notText
  if (size === 0) return <p className={classes.nothing}>This file is empty.</p>
  const shown = data.byteLength
  return (
    <div className={classes.text}>
      <CodeEditor
        value={new TextDecoder().decode(data, { stream: shown < size })}
        label={nameOf(path)}
        language={languageOf(path)}
        isReadOnly
        className={classes.code ?? ''}
      />
      {shown < size && (
        <footer className={classes.more}>
          <span>
            {formatBytes(shown)} of {formatBytes(size)}
          </span>
          <Button variant="default" h={26} loading={isFetching} onClick={() => setTo(to + STEP_BYTES)}>
            Show more
          </Button>
        </footer>
      )}
    </div>
  )
}

/** JSON as a tree; as text when it is none, or too much for a tree. */
export function JsonPreview(props: BodyProps) {
  const { path, size } = props
  const fits = size <= MAX_JSON_BYTES
  const { data, error, refetch } = useStart(props, fits ? size : 0, fits)
  if (!fits) return <TextPreview {...props} notText={null} />
  if (error !== null)
    return <Failed what={`${nameOf(path)} could not be read`} error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading what="Reading the file…" />
  const value = parsed(data)
  if (value === undefined) {
    return (
      <div className={classes.text}>
        <p className={classes.note}>This is not valid JSON, so it is shown as text.</p>
        <TextPreview {...props} notText={null} />
      </div>
    )
  }
  return <JsonTree value={value} name={nameOf(path)} isFilling />
}

function parsed(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json
  } catch {
    return undefined // not JSON: the caller says so and shows the text
  }
}

import { Button } from '@mantine/core'
import { IconTrashX } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { ProblemError } from '../../src-shared/contract/index.ts'
import { Empty, Failed, Loading } from '../ui/Notes.tsx'
import { Screen } from '../ui/Screen.tsx'
import { say } from '../ui/say.ts'
import { Builder } from './Builder.tsx'
import { DocumentContext } from './document-context.tsx'
import type { DocumentStore } from './document-types.ts'
import { type OpenedDocument, openDraft, openVersion, openWorkflow } from './open-document.ts'
import { restoreWaiting } from './restore.ts'

/** The builder on a published workflow, on the draft that changes it, or on an old version to look at. */
export function WorkflowBuilderScreen() {
  const { workflow } = useParams({ from: '/workflows/$workflow' })
  const { step, version } = useSearch({ from: '/workflows/$workflow' })
  const open = useCallback(
    () =>
      handedOver(workflow, version) ??
      (version === undefined ? openWorkflow(workflow) : openVersion(workflow, version)),
    [workflow, version],
  )
  return <Opened key={`${workflow} ${version ?? ''}`} title={workflow} open={open} step={step ?? null} />
}

/** The builder on a draft of a new workflow. */
export function DraftBuilderScreen() {
  const { draft } = useParams({ from: '/drafts/$draft' })
  const open = useCallback(() => openDraft(draft), [draft])
  return <Opened key={draft} title="New workflow" open={open} step={null} />
}

/** How long a document waits for its new address, which may be shown twice while React checks itself. */
const HANDED_OVER_MS = 2_000

/** A new workflow that was just published stays open, with its history, at its new address. */
let published: { readonly name: string; readonly store: DocumentStore } | null = null

function handedOver(workflow: string, version: number | undefined): Promise<OpenedDocument> | null {
  const store = version === undefined && published?.name === workflow ? published.store : null
  return store === null ? null : Promise.resolve({ store, note: null })
}

interface OpenedProps {
  readonly title: string
  readonly open: () => Promise<OpenedDocument>
  readonly step: string | null
}

type Phase =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly store: DocumentStore }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Opens the document, and closes it when the screen goes. */
function useOpening(open: OpenedProps['open']) {
  const [phase, setPhase] = useState<Phase>({ kind: 'opening' })
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further attempt opens again
  useEffect(() => {
    let isGone = false
    let opened: DocumentStore | null = null
    open().then(
      ({ store, note }) => {
        if (isGone) {
          close(store)
          return
        }
        opened = store
        if (note !== null) say(note)
        restoreWaiting(store)
        setPhase({ kind: 'open', store })
      },
      (error: unknown) => {
        if (!isGone) setPhase({ kind: 'failed', error })
      },
    )
    return () => {
      isGone = true
      if (opened !== null) close(opened)
    }
  }, [open, attempt])
  const retry = useCallback(() => {
    setPhase({ kind: 'opening' })
    setAttempt((before) => before + 1)
  }, [])
  return { phase, retry }
}

function Opened({ title, open, step }: OpenedProps) {
  const { phase, retry } = useOpening(open)
  const store = phase.kind === 'open' ? phase.store : null
  // Also when an address with another step is gone to while the document is open.
  useEffect(() => {
    if (step !== null) store?.getState().actions.select({ kind: 'steps', names: [step] })
  }, [store, step])
  const navigate = useNavigate()
  const onPublished = useCallback(
    (name: string, store: DocumentStore) => {
      published = { name, store }
      setTimeout(() => {
        published = null
      }, HANDED_OVER_MS)
      void navigate({ to: '/workflows/$workflow', params: { workflow: name }, search: {}, replace: true })
    },
    [navigate],
  )

  if (phase.kind === 'open') {
    return (
      <DocumentContext.Provider value={phase.store}>
        <Builder onPublished={onPublished} />
      </DocumentContext.Provider>
    )
  }
  return (
    <Screen title={title} page={phase.kind === 'failed'}>
      {phase.kind === 'failed' ? (
        <NotOpened error={phase.error} title={title} onRetry={retry} />
      ) : (
        <Loading what="Opens the workflow." />
      )}
    </Screen>
  )
}

interface NotOpenedProps {
  readonly error: unknown
  readonly title: string
  readonly onRetry: () => void
}

function NotOpened({ error, title, onRetry }: NotOpenedProps) {
  if (!(error instanceof ProblemError && error.code === 'workflow_not_found'))
    return <Failed error={error} what={`${title} could not be opened`} onRetry={onRetry} />
  return (
    <Empty
      icon={<IconTrashX size={28} stroke={1.5} />}
      title={`There is no workflow ${title}`}
      actions={
        <Button component={Link} to="/workflows">
          Show all workflows
        </Button>
      }
    >
      It was deleted, or it belongs to another project or engine. Its runs are still under Runs.
    </Empty>
  )
}

/** What is handed over to another address stays open. */
function close(store: DocumentStore): void {
  if (published?.store !== store) store.getState().actions.close()
}

import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { problemOf } from '../../../src-shared/client/index.ts'
import { type ActiveRuns, ProblemError, type ProjectExport, projectRoutes } from '../../../src-shared/contract/index.ts'
import { call, sentence, useAsk } from '../../api/index.ts'
import { formatBytes, plural } from '../../ui/format.ts'
import { Failed, Loading } from '../../ui/Notes.tsx'
import { saveFrom } from '../../ui/save.ts'
import { sayFailed } from '../../ui/say.ts'
import { TransferProgress } from './TransferProgress.tsx'
import classes from './transfer.module.css'

interface ExportFormProps {
  readonly project: string
  readonly onDone: () => void
}

/** How often it is looked how far an archive is, in ms. */
const LOOK_MS = 400

/** Prepares an archive, says what is in it, and saves it. */
export function ExportForm({ project, onDone }: ExportFormProps) {
  const [active, setActive] = useState<ActiveRuns>('refuse')
  const [attempt, setAttempt] = useState(0)
  const { prepared, failure, keep } = usePrepared(project, active, attempt)
  if (failure !== null) {
    return hasActiveRuns(failure) ? (
      <div className={classes.form}>
        <div role="alert">
          {sentence(failure.message)} Runs that go on are never in an archive: on another machine nobody would expect
          them to. Wait for their end, or export the project without them; they go on here.
        </div>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button onClick={() => setActive('leave-out')}>Export without them</Button>
        </div>
      </div>
    ) : (
      <Failed
        error={failure}
        what={`${project} could not be exported`}
        onRetry={() => setAttempt((count) => count + 1)}
      />
    )
  }
  if (prepared === null) return <Loading what="The database is copied, and what belongs to it is counted." />
  return (
    <Archive
      key={prepared.id}
      prepared={prepared}
      onSave={keep}
      onDone={onDone}
      onRetry={() => setAttempt((count) => count + 1)}
    />
  )
}

const hasActiveRuns = (failure: unknown): failure is ProblemError =>
  failure instanceof ProblemError && failure.context.field === 'body.active'

interface Prepared {
  readonly prepared: ProjectExport | null
  readonly failure: unknown
}
const NOTHING: Prepared = { prepared: null, failure: null }

function usePrepared(project: string, active: ActiveRuns, attempt: number): Prepared & { keep(): void } {
  const [state, setState] = useState<Prepared & { readonly attempt: string }>({ ...NOTHING, attempt: '' })
  const kept = useRef<string | null>(null)
  const current = `${active} ${attempt}`
  useEffect(() => {
    const gone = new AbortController()
    let id: string | null = null
    call(projectRoutes.export, { params: { project }, body: { active } }, { signal: gone.signal }).then(
      (prepared) => {
        id = prepared.id
        setState({ prepared, failure: null, attempt: current })
      },
      (failure: unknown) => gone.signal.aborted || setState({ prepared: null, failure, attempt: current }),
    )
    return () => {
      gone.abort()
      // Nobody will read it: its copy of the database is given back at once. One that is gone already is no matter.
      if (id !== null && kept.current !== id) {
        call(projectRoutes.cancelExport, { params: { export: id } }).catch(() => undefined)
      }
    }
  }, [project, active, current])
  const keep = (): void => {
    kept.current = state.prepared?.id ?? null
  }
  return { ...(state.attempt === current ? state : NOTHING), keep }
}

interface ArchiveProps {
  readonly prepared: ProjectExport
  /** It is read from now on */
  readonly onSave: () => void
  readonly onDone: () => void
  readonly onRetry: () => void
}

function Archive({ prepared, onSave, onDone, onRetry }: ArchiveProps) {
  const params = { export: prepared.id }
  const [isSaving, setSaving] = useState(false)
  const ask = useAsk(projectRoutes.getExport, { params }, { enabled: isSaving, refetchInterval: LOOK_MS })
  const { state, done, total, problem } = ask.data ?? prepared
  const save = (): void => {
    onSave()
    setSaving(true)
    saveFrom(prepared.address, prepared.file)
  }
  const cancel = async (): Promise<void> => {
    try {
      await call(projectRoutes.cancelExport, { params })
    } catch (error) {
      sayFailed('The export could not be cancelled', error)
    }
    onDone()
  }
  if (problem !== null) {
    const error = problemOf(problem.status, JSON.stringify(problem), '')
    return <Failed error={error} what="The archive was not packed to its end" onRetry={onRetry} />
  }
  return (
    <div className={classes.form}>
      <Facts prepared={prepared} />
      {isSaving && state !== 'sent' && <TransferProgress what="Packing" done={done.bytes} total={total.bytes} />}
      {state === 'sent' && <div role="status">The archive is packed, and saved as {prepared.file}.</div>}
      <div className={classes.buttons}>
        {!isSaving && (
          <>
            <Button variant="default" onClick={onDone}>
              Cancel
            </Button>
            <Button onClick={save} data-autofocus>
              Save archive
            </Button>
          </>
        )}
        {isSaving && state !== 'sent' && (
          <Button variant="default" onClick={() => void cancel()}>
            Cancel the export
          </Button>
        )}
        {state === 'sent' && <Button onClick={onDone}>Close</Button>}
      </div>
    </div>
  )
}

function Facts({ prepared: { runs, total, leftOut } }: { readonly prepared: ProjectExport }) {
  const without = [
    ...(leftOut.runs === 0 ? [] : [plural(leftOut.runs, 'run that has not ended', 'runs that have not ended')]),
    ...(leftOut.files === 0 ? [] : [plural(leftOut.files, 'link or special file', 'links or special files')]),
    'secrets',
  ]
  return (
    <dl className={classes.facts}>
      <dt>Holds</dt>
      <dd>All workflows and drafts, {plural(runs, 'run')}</dd>
      <dt>Size</dt>
      <dd>
        {formatBytes(total.bytes)} in {plural(total.files, 'file')}, before compression
      </dd>
      <dt>Without</dt>
      <dd>{without.join(', ')}</dd>
    </dl>
  )
}

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { EngineUnreachable, problemOf } from '../../../src-shared/client/index.ts'
import { ProblemError, ProjectName, projectRoutes } from '../../../src-shared/contract/index.ts'
import { call, sentence, useAsk } from '../../api/index.ts'
import { formatBytes } from '../../ui/format.ts'
import { Failed } from '../../ui/Notes.tsx'
import { TransferProgress } from './TransferProgress.tsx'
import classes from './transfer.module.css'

interface ImportFormProps {
  readonly file: File
  readonly onImported: (name: string) => void
  readonly onDone: () => void
}

/** How often it is looked how far an import is, in ms. */
const LOOK_MS = 400

/** Sends an archive to the engine, which makes a project of it. */
export function ImportForm({ file, onImported, onDone }: ImportFormProps) {
  const [name, setName] = useState('')
  const { going, failure, send, forget } = useImport(file, name, onImported)
  const refused = nameRefused(failure)
  const isValid = name === '' || ProjectName.safeParse(name).success
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isValid && going === null) void send(false)
  }
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <dl className={classes.facts}>
        <dt>Archive</dt>
        <dd>{file.name}</dd>
        <dt>Size</dt>
        <dd>{formatBytes(file.size)}</dd>
      </dl>
      <TextInput
        label="Name"
        placeholder="The one that it had"
        data-autofocus
        disabled={going !== null}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value)
          forget()
        }}
        error={refused ?? (isValid ? null : NAME_RULE)}
        autoComplete="off"
        spellCheck={false}
      />
      {going !== null && <Going id={going} size={file.size} />}
      {failure !== null && refused === null && <Broken failure={failure} onTrust={() => void send(true)} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onDone}>
          {going === null ? 'Cancel' : 'Cancel the import'}
        </Button>
        <Button type="submit" disabled={!isValid || going !== null}>
          Import project
        </Button>
      </div>
    </form>
  )
}

const NAME_RULE = 'Lower-case letters, digits, ".", "_" and "-", the first a letter or digit.'

/** One import after another, until one succeeds; who leaves cancels it. `going` is the one that is under way. */
function useImport(file: File, name: string, onImported: (name: string) => void) {
  const [failure, setFailure] = useState<unknown>(null)
  const [going, setGoing] = useState<string | null>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  const send = async (isTrusted: boolean): Promise<void> => {
    const id = crypto.randomUUID()
    const leave = new AbortController()
    stop.current = leave
    setFailure(null)
    setGoing(id)
    const query = { id, ...(name === '' ? {} : { name }), ...(isTrusted ? { trusted: 'true' } : {}) }
    try {
      const project = await call(projectRoutes.import, { query, body: file }, { signal: leave.signal })
      onImported(project.name)
    } catch (error) {
      if (!leave.signal.aborted) setFailure(await reasonOf(error, id))
    }
    setGoing(null)
  }
  return { going, failure, send, forget: () => setFailure(null) }
}

function Broken({ failure, onTrust }: { readonly failure: unknown; readonly onTrust: () => void }) {
  return (
    <Failed error={failure} what="It was not imported, and nothing of it was kept">
      {failure instanceof ProblemError && failure.code === 'archive_too_large' && (
        <Button variant="default" onClick={onTrust}>
          I know who made it: import it
        </Button>
      )}
    </Failed>
  )
}

function Going({ id, size }: { readonly id: string; readonly size: number }) {
  // Refused until the first bytes are there.
  const { data } = useAsk(projectRoutes.getImport, { params: { import: id } }, { refetchInterval: LOOK_MS })
  return <TransferProgress what="Reading and checking" done={data?.received ?? 0} total={size} />
}

const nameRefused = (failure: unknown): string | null =>
  failure instanceof ProblemError && failure.context.field === 'query.name'
    ? `${sentence(failure.message)} Give it another one.`
    : null

/** An engine that refuses in the middle of an upload can only cut it: the reason is asked for. */
async function reasonOf(error: unknown, id: string): Promise<unknown> {
  if (!(error instanceof EngineUnreachable)) return error
  try {
    const { problem } = await call(projectRoutes.getImport, { params: { import: id } })
    return problem === null ? error : problemOf(problem.status, JSON.stringify(problem), '')
  } catch {
    return error // the engine is gone, which is what the error says
  }
}

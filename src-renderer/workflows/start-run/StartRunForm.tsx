import { Button } from '@mantine/core'
import { IconChevronRight, IconPlayerPlay } from '@tabler/icons-react'
import { type FormEvent, useMemo, useState } from 'react'
import { EngineUnreachable } from '../../../src-shared/client/index.ts'
import type { Json, Workflow } from '../../../src-shared/contract/index.ts'
import { type FieldValues, ParamFields, type Params, problemsOfAnswer, readParams } from '../../ui/fields/index.ts'
import { Failed } from '../../ui/Notes.tsx'
import { useWorkspaces } from '../../workspaces/use-workspaces.ts'
import { WorkspaceSelect } from '../../workspaces/WorkspaceSelect.tsx'
import { type Beginning, beginWith, rememberTyped, rememberUsed } from './remembered.ts'
import classes from './StartRunForm.module.css'
import { RunStarter, type StartRequest } from './start.ts'

/** What can be set beside the workflow's own parameters. */
const MORE: Params = {
  priority: {
    type: 'integer',
    required: false,
    minimum: -100,
    maximum: 100,
    description: 'Runs with a higher number get room on the machine first. The workflow says which when this is empty.',
  },
}

interface StartRunFormProps {
  readonly workflow: Workflow
  readonly version: number | undefined
  readonly given: Readonly<Record<string, Json>> | undefined
  readonly keep: string | undefined
  readonly workspace: string
  readonly onStarted: (run: string, workspace: string) => void
}

export function StartRunForm(props: StartRunFormProps) {
  const { workflow, version, keep } = props
  const form = useStartRun(props)
  const { params, more } = form
  return (
    <form ref={focusFirst} onSubmit={form.onSubmit} className={classes.form} noValidate>
      <div>
        {workflow.description !== null && <p className={classes.about}>{workflow.description}</p>}
        <p className={classes.version}>{versionInWords(workflow, version)}</p>
        {keep !== undefined && (
          <p className={classes.version}>
            Takes over what succeeded in run <span className="mono">{keep}</span>, where neither the step nor what it
            reads has changed.
          </p>
        )}
      </div>
      <Origin source={form.source} params={params} onDefaults={form.clear} />
      <ParamFields
        params={params}
        values={form.values}
        onChange={form.onChange}
        problems={form.refused}
        isTried={form.isTried}
        onBusy={form.setBusy}
      />
      <Where name={form.workspace} onChange={form.setWorkspace} />
      <details className={classes.more}>
        <summary>
          <IconChevronRight size={14} aria-hidden />
          More
        </summary>
        <ParamFields params={MORE} values={more} onChange={form.setMore} isTried={form.isTried} />
      </details>
      {form.error !== null && <NotStarted error={form.error} />}
      <div className={classes.foot}>
        {form.isTried && form.wrong > 0 && (
          <span role="status" className={classes.wrong}>
            {form.wrong === 1 ? 'One field needs a look.' : `${form.wrong} fields need a look.`}
          </span>
        )}
        {form.isBusy && (
          <span role="status" className="dim">
            A file is on its way.
          </span>
        )}
        <Button
          type="submit"
          loading={form.isStarting}
          disabled={form.isBusy}
          leftSection={<IconPlayerPlay size={16} stroke={1.5} />}
        >
          Start the run
        </Button>
      </div>
    </form>
  )
}

/** The workspace of the run, where there is more than one. */
function Where({ name, onChange }: { readonly name: string; readonly onChange: (name: string) => void }) {
  const { inUse } = useWorkspaces()
  if (inUse.length < 2) return null
  const isPaused = inUse.find((workspace) => workspace.name === name)?.state === 'paused'
  return (
    <WorkspaceSelect
      label="Workspace"
      workspaces={inUse}
      value={name}
      onChange={onChange}
      description={isPaused ? `${name} is paused: the run waits until it goes on.` : undefined}
    />
  )
}

/** After a connection that was cut nobody knows whether the run was started; starting again is safe then. */
function NotStarted({ error }: { readonly error: unknown }) {
  if (!(error instanceof EngineUnreachable)) return <Failed error={error} what="The run was not started" />
  return (
    <Failed error={error} what="No answer came">
      <p className={classes.again}>
        The run may have been started or not. Start it again here: it is not started twice.
      </p>
    </Failed>
  )
}

interface Sending {
  readonly error: unknown
  /** What the engine said about single fields */
  readonly refused: Readonly<Record<string, string>>
  readonly isStarting: boolean
}

const NOTHING_SENT: Sending = { error: null, refused: {}, isStarting: false }

/** The state of the form: what stands in it, what is wrong with it, and sending it. */
function useStartRun(props: StartRunFormProps) {
  const { workflow: asked, version, given, keep, onStarted } = props
  const { name, definition } = asked
  const [workspace, setWorkspace] = useState(props.workspace)
  const params: Params = definition.params ?? NO_PARAMS
  const [starter] = useState(() => new RunStarter())
  const [beginning, setBeginning] = useState<Beginning>(() => beginWith(name, params, given))
  const [values, setValues] = useState<FieldValues>(beginning.values)
  const [more, setMore] = useState<FieldValues>({})
  const [isTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [sending, setSending] = useState(NOTHING_SENT)
  const read = useMemo(() => readParams(params, values), [params, values])
  const readMore = useMemo(() => readParams(MORE, more), [more])
  const ownProblems = [...Object.keys(read.problems), ...Object.keys(readMore.problems)]
  const onChange = (next: FieldValues): void => {
    setValues(next)
    setSending((before) => ({ ...before, refused: onlyUnchanged(before.refused, values, next) }))
    rememberTyped(name, params, next)
  }
  const send = async (): Promise<void> => {
    setSending({ ...NOTHING_SENT, isStarting: true })
    try {
      const run = await starter.start(
        requestOf({ name, version, keep, workspace }, read.params, readMore.params['priority']),
      )
      rememberUsed(name, params, values)
      onStarted(run, workspace)
      setSending(NOTHING_SENT)
    } catch (error) {
      const refused = problemsOfAnswer(error)
      const isOfFields = Object.keys(refused).some((field) => Object.hasOwn(params, field))
      setSending({ error: isOfFields ? null : error, refused, isStarting: false })
    }
  }
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    setTried(true)
    if (ownProblems.length > 0) showFirstWrong(event.currentTarget)
    else if (!isBusy && !sending.isStarting) void send()
  }
  const clear = (): void => {
    setBeginning({ values: {}, source: 'defaults' })
    onChange({})
  }
  const wrong = new Set([...ownProblems, ...Object.keys(sending.refused)]).size
  return {
    ...{ params, values, more, isTried, isBusy, wrong, onChange, onSubmit, clear, setMore, setBusy, ...sending },
    ...{ workspace, setWorkspace },
    source: beginning.source,
  }
}

const NO_PARAMS: Params = {}

function requestOf(
  what: {
    readonly name: string
    readonly version: number | undefined
    readonly keep: string | undefined
    readonly workspace: string
  },
  params: Record<string, Json>,
  priority: Json | undefined,
): StartRequest {
  const { name: workflow, version, keep, workspace } = what
  return {
    workflow,
    params,
    workspace,
    ...(version === undefined ? {} : { version }),
    ...(keep === undefined ? {} : { keep }),
    ...(typeof priority === 'number' ? { priority } : {}),
  }
}

/** What the engine said about a field holds until the field changes. */
const onlyUnchanged = (said: Readonly<Record<string, string>>, before: FieldValues, after: FieldValues) =>
  Object.fromEntries(Object.entries(said).filter(([name]) => before[name] === after[name]))

function versionInWords({ version, latest }: Workflow, asked: number | undefined): string {
  if (asked === undefined || version === latest) return `Version ${version}, the newest`
  return `Version ${version}; the newest is ${latest}`
}

interface OriginProps {
  readonly source: Beginning['source']
  readonly params: Params
  readonly onDefaults: () => void
}

const ORIGINS = {
  given: 'Filled in with the values of the earlier run',
  typed: 'Filled in with what you typed before',
  used: 'Filled in with what was used last time',
}

function Origin({ source, params, onDefaults }: OriginProps) {
  if (source === 'defaults') return null
  const hasSecrets = Object.values(params).some(({ type }) => type === 'secret')
  return (
    <p className={classes.origin}>
      <span>
        {ORIGINS[source]}
        {hasSecrets ? '; secrets are asked for again.' : '.'}
      </span>
      <Button variant="subtle" size="compact-xs" h={22} px={6} onClick={onDefaults}>
        Use the defaults
      </Button>
    </p>
  )
}

/** Leads to the first field that needs a look, once its mark is drawn. */
function showFirstWrong(form: HTMLFormElement): void {
  requestAnimationFrame(() => {
    const field = form.querySelector('[data-wrong]')
    field?.scrollIntoView({ block: 'center' })
    field?.querySelector<HTMLElement>('input:not([type="file"]), textarea, button')?.focus({ preventScroll: true })
  })
}

/** The dialog puts the cursor where this mark is, instead of on its close button. */
function focusFirst(form: HTMLFormElement | null): void {
  form?.querySelector('input:not([type="file"]), textarea, [role="group"] button')?.setAttribute('data-autofocus', '')
}

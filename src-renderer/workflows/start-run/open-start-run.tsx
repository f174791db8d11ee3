import { Anchor } from '@mantine/core'
import { modals } from '@mantine/modals'
import { notifications } from '@mantine/notifications'
import { type Json, ProblemError, type Workflow, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { call, MAIN_WORKSPACE, PROJECT, workspaceToStartIn } from '../../api/index.ts'
import { sayFailed } from '../../ui/say.ts'
import { StartRunForm } from './StartRunForm.tsx'
import { RunStarter } from './start.ts'

export interface StartRunOptions {
  readonly workflow: string
  /** The newest when absent */
  readonly version?: number
  /** What the form begins with, e.g. the parameters of an earlier run; secrets among them are asked for anew */
  readonly params?: Readonly<Record<string, Json>>
  /** The one that is chosen when absent */
  readonly workspace?: string
  /** An ended run: what succeeded there is taken over, as far as neither the step nor what it reads has changed */
  readonly keep?: string
}

/**
 * Starts a run: at once when the workflow has no parameters, else by a form.
 * @returns the run's identifier; null when the person closed the form, or it could not be started (which was said then)
 */
export async function openStartRun(options: StartRunOptions): Promise<string | null> {
  const { workflow: name, version } = options
  let workflow: Workflow
  try {
    workflow = await call(workflowRoutes.get, {
      params: { project: PROJECT, workflow: name },
      query: {
        workspace: options.workspace ?? workspaceToStartIn(),
        ...(version === undefined ? {} : { version: String(version) }),
      },
    })
  } catch (error) {
    sayFailed(`${name} could not be started`, error)
    return null
  }
  const params = Object.values(workflow.definition.params ?? {})
  if (params.length === 0) return startAtOnce(workflow, options)
  // What goes on where another run failed has its parameters, but for secrets, which nobody is shown again.
  const isKnown = options.keep !== undefined && params.every(({ type }) => type !== 'secret')
  return isKnown ? startKeeping(workflow, options) : openForm(workflow, options)
}

/** Starts with the parameters of the run that is kept; asks for them when they do not fit any more. */
async function startKeeping(workflow: Workflow, options: StartRunOptions): Promise<string | null> {
  try {
    return await start(workflow, options)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'params_invalid') return openForm(workflow, options)
    sayFailed(`${workflow.name} could not be started`, error)
    return null
  }
}

async function start({ name }: Workflow, options: StartRunOptions): Promise<string> {
  const { version, params = {}, keep, workspace = workspaceToStartIn() } = options
  const run = await new RunStarter().start({
    workflow: name,
    params: { ...params },
    workspace,
    ...(version === undefined ? {} : { version }),
    ...(keep === undefined ? {} : { keep }),
  })
  sayStarted(name, run, workspace)
  return run
}

async function startAtOnce(workflow: Workflow, options: StartRunOptions): Promise<string | null> {
  try {
    return await start(workflow, { ...options, params: {} })
  } catch (error) {
    sayFailed(`${workflow.name} could not be started`, error)
    return null
  }
}

function openForm(workflow: Workflow, options: StartRunOptions): Promise<string | null> {
  const { version, params, keep, workspace = workspaceToStartIn() } = options
  return new Promise((resolve) => {
    const modalId = crypto.randomUUID()
    const onStarted = (run: string, where: string): void => {
      resolve(run)
      sayStarted(workflow.name, run, where)
      modals.close(modalId)
    }
    modals.open({
      modalId,
      title: `Run ${workflow.name}`,
      size: 560,
      // Resolving twice is no harm: the first answer counts.
      onClose: () => resolve(null),
      children: (
        <StartRunForm
          workflow={workflow}
          version={version}
          given={params}
          keep={keep}
          workspace={workspace}
          onStarted={onStarted}
        />
      ),
    })
  })
}

/** How long whoever started the run has to go to it by themselves. */
const GO_MS = 400

/** Says that a run was started, and where it is; not on the screen of that run, where everything says so. */
function sayStarted(workflow: string, run: string, workspace: string): void {
  setTimeout(() => {
    if (!location.hash.startsWith(`#/runs/${run}`)) showStarted(workflow, run, workspace)
  }, GO_MS)
}

function showStarted(workflow: string, run: string, workspace: string): void {
  notifications.show({
    id: `started-${run}`,
    autoClose: 6000,
    message: (
      <>
        Run <span className="mono">{run}</span> of {workflow} started
        {workspace === MAIN_WORKSPACE ? '' : ` in ${workspace}`}.{' '}
        <Anchor size="sm" href={`#/runs/${run}`}>
          Show it
        </Anchor>
      </>
    ),
  })
}

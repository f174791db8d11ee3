import { Badge, Button } from '@mantine/core'
import { IconHistory, IconList } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Workflow } from '../../../src-shared/contract/index.ts'
import { useChosenWorkspace } from '../../api/index.ts'
import { ModuleVersions } from '../../targets/ModuleVersions.tsx'
import { TargetDetails } from '../../targets/TargetDetails.tsx'
import { languageWord, useTarget } from '../../targets/use-targets.ts'
import { Failed, Loading } from '../../ui/Notes.tsx'
import { Screen, Section } from '../../ui/Screen.tsx'
import { openVersions } from '../list/Versions.tsx'
import { StartRunForm } from '../start-run/StartRunForm.tsx'
import classes from './CodeWorkflow.module.css'

type Code = NonNullable<Workflow['code']>

interface CodeWorkflowProps {
  readonly workflow: Workflow
  readonly code: Code
}

/** A workflow that is a function of a module: what it does, what it takes, where it stands, and the form that starts it. */
export function CodeWorkflow({ workflow, code }: CodeWorkflowProps) {
  const { name } = workflow
  const navigate = useNavigate()
  const workspace = useChosenWorkspace() ?? code.workspace
  const open = (version: number): void =>
    void navigate({ to: '/workflows/$workflow', params: { workflow: name }, search: { version } })
  const showRun = (run: string): void => void navigate({ to: '/runs/$run', params: { run } })
  return (
    <Screen
      title={name}
      facts={
        <>
          <Badge variant="light" color="gray">
            {languageWord(code.language)}
          </Badge>
          <Link to="/targets" search={{ target: `${code.module}/${code.target}` }} className={`${classes.path} mono`}>
            {code.module}/{code.target}
          </Link>
        </>
      }
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconList size={15} stroke={1.5} />}
            onClick={() => void navigate({ to: '/runs', search: { workflow: name } })}
          >
            Runs
          </Button>
          <Button
            variant="default"
            leftSection={<IconHistory size={15} stroke={1.5} />}
            onClick={() => openVersions({ workflow: name, onOpen: open, onStarted: showRun })}
          >
            Versions
          </Button>
        </>
      }
      page
    >
      {!code.current && <Outdated code={code} isNewest={workflow.version === workflow.latest} />}
      <div className={classes.columns}>
        <div className={classes.about}>
          <About code={code} />
        </div>
        <section className={classes.run} aria-label="Run it">
          <h2 className={classes.runTitle}>Run it</h2>
          <StartRunForm
            workflow={{ ...workflow, description: null }}
            version={workflow.version === workflow.latest ? undefined : workflow.version}
            given={undefined}
            keep={undefined}
            workspace={workspace}
            onStarted={showRun}
          />
        </section>
      </div>
    </Screen>
  )
}

/** Says that the code has moved on. */
function Outdated({ code, isNewest }: { readonly code: Code; readonly isNewest: boolean }) {
  return (
    <p className={classes.note} role="note">
      {isNewest
        ? `The newest version of the module ${code.module} has no ${code.target} any more; this is the last one that had it, from version ${code.version}.`
        : `This is an older version: that of version ${code.version} of the module ${code.module}.`}
    </p>
  )
}

function About({ code }: { readonly code: Code }) {
  const asked = useTarget(`${code.module}/${code.target}`, code.version)
  if (asked.isPending) return <Loading what="Asking for the target." />
  if (asked.isError) {
    return <Failed error={asked.error} what="The target could not be shown" onRetry={() => void asked.refetch()} />
  }
  return (
    <>
      <TargetDetails target={asked.data} />
      <Section title={`Versions of ${code.module}`}>
        <ModuleVersions module={code.module} shown={code.version} />
      </Section>
    </>
  )
}

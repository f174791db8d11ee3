import { Button, CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconCode, IconFilterOff, IconPlayerPlay, IconSearch } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { TargetDetail } from '../../src-shared/contract/index.ts'
import { CopyButton } from '../ui/Copy.tsx'
import { Empty, Failed, Loading } from '../ui/Notes.tsx'
import { Screen, Section } from '../ui/Screen.tsx'
import { Split } from '../ui/Split.tsx'
import { openStartRun } from '../workflows/start-run/index.ts'
import { ModuleVersions } from './ModuleVersions.tsx'
import { TargetDetails } from './TargetDetails.tsx'
import { TargetList } from './TargetList.tsx'
import classes from './targets.module.css'
import { useCodeWorkspace, useTarget, useTargets } from './use-targets.ts'

/** Narrower than this, the list and a target have the screen in turn. */
const NARROW = '(max-width: 900px)'

/** Everything that workers have registered: modules, their workflows and tasks. */
export function TargetsScreen() {
  const { search = '', target } = useSearch({ from: '/targets' })
  const navigate = useNavigate()
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false })
  const go = (next: { search?: string; target?: string }): void => {
    const kept = { ...(search === '' ? {} : { search }), ...(target === undefined ? {} : { target }), ...next }
    void navigate({
      to: '/targets',
      search: {
        ...(kept.search === undefined || kept.search === '' ? {} : { search: kept.search }),
        ...(kept.target === undefined || kept.target === '' ? {} : { target: kept.target }),
      },
      replace: next.target === undefined,
    })
  }
  const list = <Listed search={search} chosen={target} onSearch={(text) => go({ search: text })} />
  const details =
    target === undefined ? null : (
      <Chosen key={target} path={target} onBack={() => go({ target: '' })} isNarrow={isNarrow} />
    )
  return (
    <Screen
      title="Targets"
      filters={
        isNarrow && details !== null ? undefined : (
          <SearchBox search={search} onSearch={(text) => go({ search: text })} />
        )
      }
      actions={
        <Button component={Link} to="/workflows" variant="default">
          Workflows
        </Button>
      }
    >
      {isNarrow ? (
        (details ?? list)
      ) : (
        <Split
          name="targets"
          direction="horizontal"
          label="Width of the target"
          main={list}
          side={details}
          size={55}
          min={30}
        />
      )}
    </Screen>
  )
}

interface ListedProps {
  readonly search: string
  readonly chosen: string | undefined
  readonly onSearch: (search: string) => void
}

function Listed({ search, chosen, onSearch }: ListedProps) {
  const asked = useTargets(search)
  const workspace = useCodeWorkspace()
  if (asked.isPending) return <Loading what="Asking for the modules." />
  if (asked.isError) {
    return <Failed error={asked.error} what="The modules could not be listed" onRetry={() => void asked.refetch()} />
  }
  if (asked.data.length > 0) return <TargetList modules={asked.data} chosen={chosen} />
  return search === '' ? (
    <NoModules workspace={workspace} />
  ) : (
    <Empty
      icon={<IconFilterOff size={28} stroke={1.5} />}
      title={`No target matches “${search}”`}
      actions={
        <Button variant="default" onClick={() => onSearch('')}>
          Show all targets
        </Button>
      }
    >
      Paths and descriptions are searched.
    </Empty>
  )
}

const START_WORKER = 'weir worker start'

function NoModules({ workspace }: { readonly workspace: string }) {
  const command = workspace === 'main' ? `${START_WORKER} MODULE` : `${START_WORKER} --workspace ${workspace} MODULE`
  return (
    <Empty icon={<IconCode size={28} stroke={1.5} />} title={`No code is registered in ${workspace}`}>
      Workflows can be written as functions, too. A worker that hosts a module of them registers it here:
      <span className={classes.command}>
        <code className="mono">{command}</code>
        <CopyButton value={command} label="Copy the command" />
      </span>
    </Empty>
  )
}

interface ChosenProps {
  readonly path: string
  readonly onBack: () => void
  readonly isNarrow: boolean
}

function Chosen({ path, onBack, isNarrow }: ChosenProps) {
  const asked = useTarget(path)
  return (
    <section className={classes.chosen} aria-label={path}>
      <header className={classes.chosenHead}>
        {isNarrow && (
          <Button variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={14} />} onClick={onBack}>
            All targets
          </Button>
        )}
        <h2 className={`${classes.chosenTitle} mono`}>{path}</h2>
        <CopyButton value={path} label="Copy the path" />
        {asked.data?.kind === 'workflow' && <RunButton target={asked.data} />}
        {!isNarrow && <CloseButton aria-label="Close the target" onClick={onBack} className={classes.close} />}
      </header>
      {asked.isPending && <Loading what="Asking for the target." />}
      {asked.isError && (
        <Failed error={asked.error} what={`${path} could not be shown`} onRetry={() => void asked.refetch()} />
      )}
      {asked.data !== undefined && (
        <>
          <TargetDetails target={asked.data} />
          <Section title={`Versions of ${asked.data.module}`}>
            <ModuleVersions module={asked.data.module} shown={asked.data.version} />
          </Section>
        </>
      )}
    </section>
  )
}

function RunButton({ target }: { readonly target: TargetDetail }) {
  const navigate = useNavigate()
  const [isStarting, setStarting] = useState(false)
  const start = async (): Promise<void> => {
    setStarting(true)
    const run = await openStartRun({ workflow: target.name })
    setStarting(false)
    if (run !== null) await navigate({ to: '/runs/$run', params: { run } })
  }
  return (
    <Button
      size="compact-sm"
      leftSection={<IconPlayerPlay size={14} stroke={1.5} />}
      loading={isStarting}
      onClick={() => void start()}
    >
      Run
    </Button>
  )
}

/** Long enough that a word is not searched letter by letter. */
const TYPING_MS = 200

function SearchBox({ search, onSearch }: { readonly search: string; readonly onSearch: (search: string) => void }) {
  const [text, setText] = useState(search)
  useEffect(() => setText(search), [search])
  const send = useDebouncedCallback((typed: string) => onSearch(typed), TYPING_MS)
  const change = (typed: string): void => {
    setText(typed)
    send(typed.trim())
  }
  return (
    <TextInput
      className={classes.search}
      value={text}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      placeholder="Search targets"
      aria-label="Search targets"
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text === '' ? null : <CloseButton size="xs" aria-label="Empty the search" onClick={() => change('')} />
      }
    />
  )
}

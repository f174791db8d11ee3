import { ActionIcon, Button, CloseButton, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconCode, IconPlus, IconSchool, IconSearch, IconX } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useCommands } from '../app/commands.ts'
import type { Picked } from '../ui/fields/index.ts'
import { Screen } from '../ui/Screen.tsx'
import { ExampleCards } from './examples/index.ts'
import { DropZone, ImportButton, importPicked } from './import/index.ts'
import { DraftsMenu } from './list/DraftsMenu.tsx'
import classes from './list/list.module.css'
import { useDrafts } from './list/use-workflows.ts'
import { WorkflowList } from './list/WorkflowList.tsx'

/** All workflows: found, run, made, imported. */
export function WorkflowsScreen() {
  const { search } = useSearch({ from: '/workflows' })
  const navigate = useNavigate()
  const [showsExamples, setShowsExamples] = useState(false)
  const drafts = useDrafts().data?.items ?? NO_DRAFTS
  const setSearch = (next: string | undefined): void =>
    void navigate({ to: '/workflows', search: next === undefined ? {} : { search: next }, replace: true })
  const openDraft = (draft: string): void => void navigate({ to: '/drafts/$draft', params: { draft } })
  const onPicked = (picking: Promise<Picked>): void => void importPicked(picking, openDraft)
  useOwnCommands(() => setShowsExamples(true))
  return (
    <Screen
      title="Workflows"
      filters={<SearchBox search={search} onSearch={setSearch} />}
      actions={
        <>
          <DraftsMenu drafts={drafts} />
          <Button
            variant="default"
            leftSection={<IconSchool size={15} stroke={1.5} />}
            aria-expanded={showsExamples}
            onClick={() => setShowsExamples(!showsExamples)}
          >
            Examples
          </Button>
          <Button component={Link} to="/targets" variant="default" leftSection={<IconCode size={15} stroke={1.5} />}>
            Targets
          </Button>
          <ImportButton onPicked={onPicked} />
          <Button leftSection={<IconPlus size={15} stroke={1.5} />} onClick={() => openDraft(crypto.randomUUID())}>
            New
          </Button>
        </>
      }
    >
      <DropZone onPicked={onPicked}>
        <div className={classes.screen}>
          {showsExamples && <Examples onHide={() => setShowsExamples(false)} />}
          <WorkflowList search={search} drafts={drafts} onSearch={setSearch} />
        </div>
      </DropZone>
    </Screen>
  )
}

/** Of this screen, for the palette. */
function useOwnCommands(showExamples: () => void): void {
  const navigate = useNavigate()
  const show = useRef(showExamples)
  show.current = showExamples
  useCommands(
    useMemo(
      () => [
        {
          id: 'workflows.examples',
          title: 'Show the examples',
          group: 'Here' as const,
          icon: IconSchool,
          run: () => show.current(),
        },
        {
          id: 'workflows.targets',
          title: 'Show the targets of modules',
          group: 'Here' as const,
          icon: IconCode,
          run: () => void navigate({ to: '/targets' }),
        },
      ],
      [navigate],
    ),
  )
}

function Examples({ onHide }: { readonly onHide: () => void }) {
  return (
    <section className={classes.examples} aria-label="Examples">
      <div className={classes.examplesHead}>
        Examples
        <Tooltip label="Hide the examples">
          <ActionIcon aria-label="Hide the examples" onClick={onHide}>
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </div>
      <ExampleCards />
    </section>
  )
}

const NO_DRAFTS: readonly never[] = []
/** Long enough that a word is not searched letter by letter. */
const TYPING_MS = 200

interface SearchBoxProps {
  readonly search: string | undefined
  readonly onSearch: (search: string | undefined) => void
}

function SearchBox({ search, onSearch }: SearchBoxProps) {
  const [text, setText] = useState(search ?? '')
  useEffect(() => setText(search ?? ''), [search])
  const send = useDebouncedCallback((typed: string) => onSearch(typed === '' ? undefined : typed), TYPING_MS)
  const change = (typed: string): void => {
    setText(typed)
    send(typed.trim())
  }
  return (
    <TextInput
      className={classes.search}
      value={text}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      placeholder="Search workflows"
      aria-label="Search workflows"
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text === '' ? null : <CloseButton size="xs" aria-label="Empty the search" onClick={() => change('')} />
      }
    />
  )
}

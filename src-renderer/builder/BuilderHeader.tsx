import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCheck,
  IconCode,
  IconDots,
  IconLayoutSidebarRight,
  IconPlus,
} from '@tabler/icons-react'
import { useState } from 'react'
import { keysInWords } from '../app/keys.ts'
import { plural } from '../ui/format.ts'
import classes from './BuilderHeader.module.css'
import { DraftState } from './DraftState.tsx'
import { useDocument, useDocumentStore } from './document-context.tsx'
import type { DocumentStore } from './document-types.ts'
import { RunMenu } from './RunMenu.tsx'
import { useIsNarrow } from './Sheet.tsx'
import type { PanelActions } from './use-builder-commands.ts'
import { useIsEmpty } from './use-is-empty.ts'
import { useNextProblem } from './use-problems.ts'
import { usePublish } from './use-publish.ts'
import { usePublishCommands } from './use-publish-commands.ts'
import { Versions } from './Versions.tsx'

/** Beside the title: which version, and how the draft stands. */
export function BuilderFacts() {
  return (
    <>
      <Versions />
      <DraftState />
    </>
  )
}

interface BuilderActionsProps {
  readonly panels: PanelActions
  readonly onPublished: (name: string, store: DocumentStore) => void
}

/** Buttons of the builder. */
export function BuilderActions({ panels, onPublished }: BuilderActionsProps) {
  const isNarrow = useIsNarrow()
  const isReadOnly = useDocument((state) => state.isReadOnly)
  const [isRunning, setRunning] = useState(false)
  const { publish, obstacle, isPublishing } = usePublish(onPublished)
  const nextProblem = useNextProblem()
  const hasErrors = useDocument((state) => state.problems.some((one) => one.severity === 'error'))
  usePublishCommands(publish, obstacle === null)
  if (isReadOnly) return <PanelButtons panels={panels} />
  return (
    <>
      {!isNarrow && <UndoButtons />}
      <AddButton isShort={isNarrow} onClick={() => panels.openPalette()} />
      {!isNarrow && <PanelButtons panels={panels} />}
      <ValidateButton panels={panels} isShort={isNarrow} />
      {isNarrow && <NarrowMenu panels={panels} />}
      <RunMenu
        isShort={isNarrow}
        publish={publish}
        obstacle={hasErrors ? obstacle : null}
        isRunning={isRunning}
        setRunning={setRunning}
      />
      <Tooltip multiline maw={320} label={obstacle ?? 'Save as the newest version, which runs from then on'}>
        <Button
          loading={isPublishing && !isRunning}
          {...(obstacle === null ? {} : { 'data-disabled': true, 'aria-disabled': true })}
          onClick={() => {
            if (obstacle === null) void publish()
            else if (hasErrors) nextProblem()
          }}
        >
          Publish
        </Button>
      </Tooltip>
    </>
  )
}

function AddButton({ isShort, onClick }: { readonly isShort: boolean; readonly onClick: () => void }) {
  return (
    <Tooltip label={`Add a step (${keysInWords('a')})`}>
      {isShort ? (
        <ActionIcon size={32} variant="default" aria-label="Add step" onClick={onClick}>
          <IconPlus size={16} />
        </ActionIcon>
      ) : (
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={onClick}>
          Add step
        </Button>
      )}
    </Tooltip>
  )
}

function UndoButtons() {
  const store = useDocumentStore()
  const undo = useDocument((state) => state.undo.at(-1)?.label ?? null)
  const redo = useDocument((state) => state.redo.at(-1)?.label ?? null)
  const lower = (label: string | null): string =>
    label === null ? '' : `: ${label.charAt(0).toLowerCase()}${label.slice(1)}`
  const undoLabel = `Undo${lower(undo)} (${keysInWords('mod+z')})`
  const redoLabel = `Redo${lower(redo)} (${keysInWords('mod+shift+z')})`
  return (
    <div className={classes.group}>
      <Tooltip label={undoLabel}>
        <ActionIcon
          size={32}
          aria-label={undoLabel}
          disabled={undo === null}
          onClick={() => store.getState().actions.undo()}
        >
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={redoLabel}>
        <ActionIcon
          size={32}
          aria-label={redoLabel}
          disabled={redo === null}
          onClick={() => store.getState().actions.redo()}
        >
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

function PanelButtons({ panels }: { readonly panels: PanelActions }) {
  return (
    <div className={classes.group}>
      <Tooltip label={`YAML beside the canvas (${keysInWords('mod+e')})`}>
        <ActionIcon size={32} aria-label="YAML beside the canvas" onClick={panels.toggleYaml}>
          <IconCode size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Inspector">
        <ActionIcon size={32} aria-label="Inspector" onClick={panels.toggleInspector}>
          <IconLayoutSidebarRight size={18} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

/** Says how many problems there are, and goes from one to the next. */
function ValidateButton({ panels, isShort }: { readonly panels: PanelActions; readonly isShort: boolean }) {
  const isEmpty = useIsEmpty()
  const count = useDocument((state) => state.problems.length)
  const hasErrors = useDocument((state) => state.problems.some((one) => one.severity === 'error'))
  const isValidating = useDocument((state) => state.isValidating)
  const next = useNextProblem()
  if (isEmpty) return null
  if (count === 0) {
    return (
      <Tooltip
        label={isValidating ? 'The definition is being checked' : 'The definition was checked: it has no problems'}
      >
        <Button variant="subtle" color="gray" {...(isShort ? { px: 6, 'aria-label': 'Valid' } : {})} onClick={next}>
          <IconCheck size={16} className={isValidating ? classes.checking : classes.good} />
          {isShort ? null : <span className={classes.beside}>Valid</span>}
        </Button>
      </Tooltip>
    )
  }
  return (
    <Tooltip label={`Go to the next problem. ${keysInWords('mod+j')} lists them`}>
      <Button
        variant="subtle"
        color={hasErrors ? 'red' : 'orange'}
        className={hasErrors ? classes.errors : classes.warnings}
        {...(isShort ? { px: 8, 'aria-label': plural(count, 'problem') } : {})}
        onClick={() => {
          next()
          panels.openInspector()
        }}
      >
        {isShort ? count : plural(count, 'problem')}
      </Button>
    </Tooltip>
  )
}

/** What has no room beside the canvas of a narrow window. */
function NarrowMenu({ panels }: { readonly panels: PanelActions }) {
  const store = useDocumentStore()
  const undo = useDocument((state) => state.undo.at(-1)?.label ?? null)
  const redo = useDocument((state) => state.redo.at(-1)?.label ?? null)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={32} variant="default" aria-label="More">
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={panels.openInspector}>Details</Menu.Item>
        <Menu.Item onClick={panels.toggleYaml}>YAML</Menu.Item>
        <Menu.Item onClick={panels.toggleProblems}>Problems</Menu.Item>
        <Menu.Divider />
        <Menu.Item disabled={undo === null} onClick={() => store.getState().actions.undo()}>
          Undo{undo === null ? '' : `: ${undo}`}
        </Menu.Item>
        <Menu.Item disabled={redo === null} onClick={() => store.getState().actions.redo()}>
          Redo{redo === null ? '' : `: ${redo}`}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

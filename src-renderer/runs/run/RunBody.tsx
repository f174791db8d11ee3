import { Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { Screen } from '../../ui/Screen.tsx'
import { Split } from '../../ui/Split.tsx'
import { useHead } from './data/run-store.ts'
import { RunFacts } from './header/RunFacts.tsx'
import { RunButtons, RunState, RunTitle } from './header/RunHeader.tsx'
import { type RunActions, useRunActions } from './header/use-run-actions.ts'
import { useRunCommands } from './header/use-run-commands.ts'
import { Inspector } from './inspector/Inspector.tsx'
import { RunNotices } from './notices/RunNotices.tsx'
import { useFirstFailed } from './notices/use-first-failed.ts'
import { type Place, type Tab, usePlace } from './place.ts'
import { RunTabs } from './RunTabs.tsx'
import { ResultPanel } from './result/ResultPanel.tsx'
import classes from './run.module.css'

/** From here on the inspector has no room beside the run and becomes a sheet. */
const NARROW = '(max-width: 700px)'

/** Where the result has its place; the others need the room, or show the same files. */
const BESIDE_RESULT: ReadonlySet<Tab> = new Set(['graph', 'timeline', 'steps'])

export function RunBody() {
  const { workflow, id } = useHead()
  const place = usePlace()
  const actions = useRunActions()
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false }) === true
  const { side, close, onResult } = useSide(place, actions, isNarrow)
  useRunCommands(actions, place)
  useFirstFailed(place, isNarrow)
  return (
    <Screen
      title={`${workflow} ${id}`}
      heading={<RunTitle />}
      facts={<RunState />}
      actions={<RunButtons actions={actions} step={place.step} />}
    >
      <div className={classes.body}>
        <RunFacts />
        <RunNotices place={place} />
        <div className={classes.main}>
          <Split
            name="run"
            direction="horizontal"
            label="Border between the run and its inspector"
            size={34}
            min={22}
            main={<RunTabs place={place} onResult={onResult} />}
            side={isNarrow ? null : side}
          />
        </div>
        {isNarrow && (
          <Drawer.Root opened={side !== null} onClose={close} position="bottom" size="85%" padding={0}>
            <Drawer.Overlay />
            <Drawer.Content aria-label={place.step === undefined ? 'Result of the run' : `Step ${place.step}`}>
              {/* Not its first button, whose ring would be the first thing seen. */}
              <div className={classes.sheet} data-autofocus tabIndex={-1}>
                {side}
              </div>
            </Drawer.Content>
          </Drawer.Root>
        )}
      </div>
    </Screen>
  )
}

interface Side {
  /** Null: the run has all the room */
  readonly side: ReactNode
  readonly close: () => void
  /** Shows the result; null while it is shown, or is not there */
  readonly onResult: (() => void) | null
}

/** What stands beside the run: the step that is selected, else the result of a run that has one. */
function useSide(place: Place, actions: RunActions, isNarrow: boolean): Side {
  const { result } = useHead()
  // It opens by itself only where the workflow says what its result is: what the steps left is one click away.
  const names = Object.keys(result?.outputs ?? {}).length > 0
  const [wanted, want] = useState<boolean | null>(null)
  const isResultShown = wanted ?? (names && !isNarrow)
  const { step, tab } = place
  const hasResult = result !== null && result.outputs !== null
  const hideResult = (): void => want(false)
  if (step !== undefined) {
    return {
      side: <Inspector key={step} stepKey={step} place={place} actions={actions} />,
      close: () => place.select(undefined),
      onResult: hasResult ? openResult : null,
    }
  }
  if (!hasResult || !isResultShown || !BESIDE_RESULT.has(tab)) {
    return { side: null, close: hideResult, onResult: hasResult ? openResult : null }
  }
  const showAssets = (): void => {
    if (isNarrow) hideResult()
    place.showTab('assets')
  }
  return {
    side: <ResultPanel onClose={hideResult} onShowAssets={showAssets} onSelect={place.select} />,
    close: hideResult,
    onResult: null,
  }

  function openResult(): void {
    place.showResult()
    want(true)
  }
}

import { Drawer } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { Screen } from '../../ui/Screen.tsx'
import { Split } from '../../ui/Split.tsx'
import { useHead } from './data/run-store.ts'
import { RunFacts } from './header/RunFacts.tsx'
import { RunButtons, RunState, RunTitle } from './header/RunHeader.tsx'
import { useRunActions } from './header/use-run-actions.ts'
import { useRunCommands } from './header/use-run-commands.ts'
import { Inspector } from './inspector/Inspector.tsx'
import { RunNotices } from './notices/RunNotices.tsx'
import { useFirstFailed } from './notices/use-first-failed.ts'
import { type Tab, usePlace } from './place.ts'
import { RunTabs } from './RunTabs.tsx'
import { ResultPanel } from './result/ResultPanel.tsx'
import classes from './run.module.css'

/** From here on the inspector has no room beside the run and becomes a sheet. */
const NARROW = '(max-width: 700px)'

/** Where the result has its place; the others need the room, or show the same files. */
const BESIDE_RESULT: ReadonlySet<Tab> = new Set(['graph', 'timeline', 'steps'])

export function RunBody() {
  const { workflow, id, result } = useHead()
  const place = usePlace()
  const actions = useRunActions()
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false }) === true
  const [isResultShown, showResult] = useState(!isNarrow)
  useRunCommands(actions, place)
  useFirstFailed(place, isNarrow)

  const hasResult = result !== null && result.outputs !== null
  const side =
    place.step !== undefined ? (
      <Inspector key={place.step} stepKey={place.step} place={place} actions={actions} />
    ) : hasResult && isResultShown && BESIDE_RESULT.has(place.tab) ? (
      <ResultPanel
        onClose={() => showResult(false)}
        onShowAssets={() => {
          if (isNarrow) showResult(false)
          place.showTab('assets')
        }}
      />
    ) : null
  const close = (): void => (place.step === undefined ? showResult(false) : place.select(undefined))
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
            main={
              <RunTabs
                place={place}
                {...(hasResult && side?.type !== ResultPanel
                  ? {
                      onResult: () => {
                        place.showResult()
                        showResult(true)
                      },
                    }
                  : {})}
              />
            }
            side={isNarrow ? null : side}
          />
        </div>
        {isNarrow && (
          <Drawer
            opened={side !== null}
            onClose={close}
            position="bottom"
            size="85%"
            withCloseButton={false}
            padding={0}
            aria-label={place.step === undefined ? 'Result of the run' : `Step ${place.step}`}
          >
            {side}
          </Drawer>
        )}
      </div>
    </Screen>
  )
}

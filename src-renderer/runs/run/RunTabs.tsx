import { Button, Tabs } from '@mantine/core'
import { IconFlag } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { AssetsTab } from '../../assets/AssetsTab.tsx'
import { CompareTab } from './compare/CompareTab.tsx'
import { useHead } from './data/run-store.ts'
import { GraphTab } from './graph/GraphTab.tsx'
import { LogsTab } from './logs/LogsTab.tsx'
import type { Place, Tab } from './place.ts'
import classes from './run.module.css'
import { StepsTab } from './steps/StepsTab.tsx'
import { tabs } from './tabs.ts'
import { TimelineTab } from './timeline/TimelineTab.tsx'

interface RunTabsProps {
  readonly place: Place
  /** Null: there is no result, or it is shown */
  readonly onResult: (() => void) | null
}

export function RunTabs({ place, onResult }: RunTabsProps) {
  const { id: run } = useHead()
  const bar = useRef<HTMLDivElement>(null)
  const current = tabs.find(({ id }) => id === place.tab) ?? tabs[0]
  // On a phone the tabs may be wider than the screen.
  useEffect(() => {
    const at = tabs.findIndex(({ id }) => id === place.tab)
    bar.current?.querySelectorAll('[role="tab"]')[at]?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [place.tab])
  return (
    <Tabs
      value={current?.id ?? null}
      onChange={(tab) => tab !== null && place.showTab(tab as Tab)}
      keepMounted={false}
      className={classes.tabs}
    >
      <div ref={bar} className={classes.tabBar}>
        <Tabs.List className={classes.tabList}>
          {tabs.map(({ id, name }) => (
            <Tabs.Tab key={id} value={id} className={classes.tab}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {onResult !== null && (
          <Button
            variant="subtle"
            h={28}
            className={classes.result}
            classNames={{ section: classes.flag ?? '' }}
            leftSection={<IconFlag size={16} stroke={1.5} />}
            aria-label="Show the result"
            onClick={onResult}
          >
            <span className={classes.words}>Show the result</span>
          </Button>
        )}
      </div>
      {tabs.map(({ id }) => (
        <Tabs.Panel key={id} value={id} className={classes.panel}>
          {content(id, place, run)}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function content(tab: Tab, place: Place, run: string): ReactNode {
  switch (tab) {
    case 'graph':
      return <GraphTab place={place} />
    case 'timeline':
      return <TimelineTab place={place} />
    case 'steps':
      return <StepsTab place={place} />
    case 'assets':
      return <AssetsTab run={run} />
    case 'logs':
      return <LogsTab place={place} />
    case 'compare':
      return <CompareTab place={place} />
  }
}

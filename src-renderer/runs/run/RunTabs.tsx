import { Button, Tabs } from '@mantine/core'
import { IconFlag } from '@tabler/icons-react'
import type { ReactNode } from 'react'
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
  const current = tabs.find(({ id }) => id === place.tab) ?? tabs[0]
  return (
    <Tabs
      value={current?.id ?? null}
      onChange={(tab) => tab !== null && place.showTab(tab as Tab)}
      keepMounted={false}
      className={classes.tabs}
    >
      <div className={classes.tabBar}>
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
            leftSection={<IconFlag size={16} stroke={1.5} />}
            onClick={onResult}
          >
            <span className={classes.wide}>Show the result</span>
            <span className={classes.narrow}>Result</span>
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

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { Screen } from '../ui/Screen.tsx'
import { filterOf, type RunFilter, withoutEmpty } from './list/filter.ts'
import classes from './list/list.module.css'
import { RunFilters } from './list/RunFilters.tsx'
import { RunList } from './list/RunList.tsx'
import { RunViews } from './list/RunViews.tsx'
import { StartMenu } from './list/StartMenu.tsx'

/** All runs, live; the filter stands in the address. */
export function RunsScreen() {
  const search = useSearch({ from: '/runs' })
  const navigate = useNavigate()
  const filter = useMemo<RunFilter>(() => filterOf(search), [search])
  const setFilter = useCallback(
    (next: RunFilter) => void navigate({ to: '/runs', search: withoutEmpty(next), replace: true }),
    [navigate],
  )
  return (
    <Screen
      title="Runs"
      actions={
        <>
          <RunViews filter={filter} onChange={setFilter} />
          <StartMenu />
        </>
      }
    >
      <div className={classes.screen}>
        <RunFilters filter={filter} onChange={setFilter} />
        <RunList filter={filter} onFilter={setFilter} />
      </div>
    </Screen>
  )
}

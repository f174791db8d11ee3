import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { LogView } from '../../logs/LogView.tsx'
import { useHead } from '../data/run-store.ts'
import type { Place } from '../place.ts'
import classes from './logs-tab.module.css'

/** The output of the run: of all steps in the order in which it came, or of the one that is selected. */
export function LogsTab({ place: { step } }: { readonly place: Place }) {
  const { id } = useHead()
  const [isAll, setAll] = useState(false)
  if (step === undefined) return <LogView run={id} />
  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        <SegmentedControl
          aria-label="Whose output is shown"
          data={[
            { value: 'step', label: step },
            { value: 'all', label: 'All steps' },
          ]}
          value={isAll ? 'all' : 'step'}
          onChange={(value) => setAll(value === 'all')}
        />
      </div>
      <div className={classes.log}>{isAll ? <LogView run={id} /> : <LogView run={id} step={step} />}</div>
    </div>
  )
}

import { useEffect } from 'react'
import { type Execution, runRoutes } from '../../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../../api/index.ts'
import { useHead } from '../data/run-store.ts'
import classes from './inspector.module.css'
import { MetricPlot } from './MetricPlot.tsx'
import { Part } from './Part.tsx'

/** How often an attempt that goes on is asked what it has measured, in ms. */
const EVERY_MS = 1_500
/** More points than pixels say nothing. */
const POINTS = 600

/** What an attempt measured, as plots; live while it runs. */
export function Metrics({ step, execution }: { readonly step: string; readonly execution: Execution }) {
  const { id: run } = useHead()
  const { attempt, finishedAt } = execution
  const isOver = finishedAt !== null
  const { data, refetch } = useAsk(
    runRoutes.metrics,
    { params: { project: PROJECT, run, step }, query: { attempt, points: POINTS } },
    { staleTime: isOver ? Number.POSITIVE_INFINITY : 0 },
  )
  useEffect(() => {
    // The last values come with its end.
    void refetch()
    if (isOver) return
    const timer = setInterval(() => void refetch(), EVERY_MS)
    return () => clearInterval(timer)
  }, [isOver, refetch])
  if (data === undefined || data.series.length === 0) return null
  return (
    <Part title="Metrics">
      <div className={classes.plots}>
        {data.series.map((series) => (
          <MetricPlot key={series.name} series={series} />
        ))}
      </div>
    </Part>
  )
}

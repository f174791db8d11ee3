import classes from '../home.module.css'
import { pointsOf, type Sample } from './history.ts'

const WIDTH = 96
const HEIGHT = 24

interface SparklineProps {
  readonly samples: readonly Sample[]
  readonly value: (sample: Sample) => number | null
}

/** A line of the last minutes. What it says is said in numbers beside it. */
export function Sparkline({ samples, value }: SparklineProps) {
  const points = pointsOf(samples, value, WIDTH, HEIGHT - 2)
  const line = points.map(({ x, y }) => `${x},${y + 1}`).join(' ')
  const [first] = points
  const last = points.at(-1)
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.spark} aria-hidden>
      {first !== undefined && last !== undefined && points.length > 1 && (
        <>
          <polygon points={`${first.x},${HEIGHT} ${line} ${last.x},${HEIGHT}`} className={classes.sparkArea} />
          <polyline points={line} className={classes.sparkLine} />
          <circle cx={last.x - 1.5} cy={last.y + 1} r={1.5} className={classes.sparkEnd} />
        </>
      )}
    </svg>
  )
}

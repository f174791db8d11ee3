import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import type { MetricSeries } from '../../../../src-shared/contract/index.ts'
import classes from './inspector.module.css'

const HEIGHT_PX = 120

/** One metric over its x axis; over time when it has none. */
export function MetricPlot({ series }: { readonly series: MetricSeries }) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const scheme = useComputedColorScheme()
  const isOverTime = series.points.some(([, , x]) => x === null)
  const data = useMemo(() => dataOf(series, isOverTime), [series, isOverTime])
  const latest = useRef(data)
  latest.current = data
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew with another theme
  useEffect(() => {
    const room = box.current
    if (room === null) return
    const made = new uPlot(optionsOf(room, isOverTime), latest.current, room)
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: room.clientWidth, height: HEIGHT_PX }))
    watch.observe(room)
    return () => {
      watch.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [isOverTime, scheme])
  useEffect(() => plot.current?.setData(data), [data])
  const last = series.points.at(-1)?.[1]
  return (
    <figure className={classes.plot}>
      <figcaption className={classes.plotHead}>
        <span>{series.name}</span>
        <span className="dim tabular">
          {last === undefined ? '' : `last ${short(last)}, `}
          {short(series.min)} to {short(series.max)}
        </span>
      </figcaption>
      <div ref={box} aria-hidden />
    </figure>
  )
}

const short = (value: number): string => String(Number(value.toPrecision(4)))

const MS = 1000

/** Points in the order of x: code may go back. */
function dataOf({ points }: MetricSeries, isOverTime: boolean): uPlot.AlignedData {
  const placed = points.map(([at, value, x]) => [isOverTime ? at / MS : (x ?? 0), value] as const)
  placed.sort((a, b) => a[0] - b[0])
  return [placed.map(([x]) => x), placed.map(([, y]) => y)]
}

function optionsOf(room: HTMLElement, isOverTime: boolean): uPlot.Options {
  const style = getComputedStyle(room)
  const colour = (name: string): string => style.getPropertyValue(`--weir-${name}`).trim()
  const axis: uPlot.Axis = {
    stroke: colour('text-dim'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1, size: 4 },
    font: `11px ${style.fontFamily}`,
  }
  return {
    width: room.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false },
    scales: { x: { time: isOverTime } },
    axes: [
      { ...axis, size: 24 },
      { ...axis, size: 48 },
    ],
    series: [{}, { stroke: colour('accent'), width: 1.5, points: { show: false } }],
  }
}

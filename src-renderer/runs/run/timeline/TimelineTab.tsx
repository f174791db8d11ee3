import { ActionIcon, Menu, Tooltip, useComputedColorScheme } from '@mantine/core'
import { IconArrowAutofitWidth, IconDownload, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { sayFailed } from '../../../ui/say.ts'
import { useHead, useRunState } from '../data/run-store.ts'
import { nameOfKey } from '../data/step-book.ts'
import type { Place } from '../place.ts'
import { treeRows } from '../steps/rows.ts'
import { BarCard } from './BarCard.tsx'
import type { Hover } from './chart-view.ts'
import { Legend } from './Legend.tsx'
import { Names } from './Names.tsx'
import { savePng, saveSvg } from './save-picture.ts'
import classes from './timeline.module.css'
import { type Chart, useChart } from './use-chart.ts'

/** When every step waited and ran. Wheel and pinch zoom, dragging moves, the bars say why they are where they are. */
export function TimelineTab({ place }: { readonly place: Place }) {
  const tops = useRunState((state) => state.book.tops)
  const items = useRunState((state) => state.book.items)
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => treeRows(tops, items, expanded), [tops, items, expanded])
  const [hover, setHover] = useState<Hover | null>(null)
  // An item that is folded away is shown by its fan-out.
  const selected = place.step === undefined || expanded.has(nameOfKey(place.step)) ? place.step : nameOfKey(place.step)
  const scheme = useComputedColorScheme()
  // As state: the names inside are set up before a ref to what is around them would be there.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const chart = useChart({
    scroller,
    canvas,
    rows,
    scheme,
    selected,
    onHover: setHover,
    onSelect: place.select,
  })
  const toggle = (key: string): void => {
    const next = new Set(expanded)
    if (!next.delete(key)) next.add(key)
    setExpanded(next)
  }
  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        <Legend rows={rows} />
        <ZoomButtons chart={chart} />
        <SaveMenu chart={chart} />
      </div>
      <div ref={setScroller} className={classes.scroller} data-testid="timeline">
        <Names
          rows={rows}
          scroller={scroller}
          expanded={expanded}
          onToggle={toggle}
          selected={selected}
          onSelect={place.select}
          chart={chart}
        />
        <div className={classes.stage}>
          {/* The names beside it say the same to who cannot see it: status and duration of every step. */}
          <canvas ref={canvas} className={classes.canvas} aria-hidden />
        </div>
      </div>
      {hover !== null && <BarCard hover={hover} />}
    </div>
  )
}

function ZoomButtons({ chart }: { readonly chart: Chart }) {
  const STEP = 0.6
  return (
    <>
      <Tooltip label="Closer  +">
        <ActionIcon aria-label="Zoom in" onClick={() => chart.zoomBy(STEP)}>
          <IconZoomIn size={18} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Farther  −">
        <ActionIcon aria-label="Zoom out" onClick={() => chart.zoomBy(1 / STEP)}>
          <IconZoomOut size={18} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="All of the run  0">
        <ActionIcon aria-label="Show all of the run" onClick={chart.fit}>
          <IconArrowAutofitWidth size={18} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}

function SaveMenu({ chart }: { readonly chart: Chart }) {
  const { id, workflow } = useHead()
  const name = `${workflow}-${id}-timeline`
  const save = (): void => {
    const picture = chart.picture()
    if (picture !== null)
      savePng(name, picture).catch((error: unknown) => sayFailed('The picture could not be saved', error))
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Save as a picture">
          <ActionIcon aria-label="Save the timeline as a picture">
            <IconDownload size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() => {
            const picture = chart.picture()
            if (picture !== null) saveSvg(name, picture)
          }}
        >
          All rows as SVG
        </Menu.Item>
        <Menu.Item onClick={save}>What is seen as PNG</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

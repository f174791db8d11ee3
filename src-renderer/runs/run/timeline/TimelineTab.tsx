import { ActionIcon, Menu, Tooltip, useComputedColorScheme } from '@mantine/core'
import { IconArrowAutofitWidth, IconDownload, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { sayFailed } from '../../../ui/say.ts'
import { useHead, useRunState } from '../data/run-store.ts'
import { nameOfKey } from '../data/step-book.ts'
import { useCalm } from '../data/use-calm.ts'
import { OrderSwitch, useOrder } from '../parts/OrderSwitch.tsx'
import type { Place } from '../place.ts'
import { BarCard } from './BarCard.tsx'
import { callerRows } from './caller-rows.ts'
import type { Hover } from './chart-view.ts'
import { Legend } from './Legend.tsx'
import { Names } from './Names.tsx'
import { savePng, saveSvg } from './save-picture.ts'
import { functionRows } from './time-rows.ts'
import classes from './timeline.module.css'
import { type Chart, useChart } from './use-chart.ts'

/** When every step waited and ran. Wheel and pinch zoom, dragging moves, the bars say why they are where they are. */
export function TimelineTab({ place }: { readonly place: Place }) {
  const { rows, selected, toggle, mode, setMode, isCode } = useRows(place.step)
  const [hover, setHover] = useState<Hover | null>(null)
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
  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        {isCode && <OrderSwitch mode={mode} onChange={setMode} />}
        <Legend rows={rows} />
        <ZoomButtons chart={chart} />
        <SaveMenu chart={chart} />
      </div>
      <div ref={setScroller} className={classes.scroller} data-testid="timeline">
        <Names
          rows={rows}
          scroller={scroller}
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

/** From here on the rows of callers are made anew now and then, not with every answer. */
const MANY = 300

/** By caller or by function, with what is unfolded in either. */
function useRows(step: string | undefined) {
  const { isCode, mode, setMode } = useOrder()
  const isByCaller = isCode && mode === 'calls'
  const book = useRunState((state) => state.book)
  const calm = useCalm(book, isByCaller && book.byKey.size > MANY)
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set())
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const { tops, items } = book
  const functions = useMemo(
    () => (isByCaller ? [] : functionRows(tops, items, expanded)),
    [isByCaller, tops, items, expanded],
  )
  const callers = useMemo(() => (isByCaller ? callerRows(calm, toggled) : []), [isByCaller, calm, toggled])
  // An item that is folded away is shown by its fan-out.
  const isShown = step === undefined || isByCaller || expanded.has(nameOfKey(step))
  const [open, setOpen] = isByCaller ? [toggled, setToggled] : [expanded, setExpanded]
  const toggle = (key: string): void => {
    const next = new Set(open)
    if (!next.delete(key)) next.add(key)
    setOpen(next)
  }
  return {
    rows: isByCaller ? callers : functions,
    selected: isShown ? step : nameOfKey(step),
    toggle,
    mode,
    setMode,
    isCode,
  }
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

import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { goTo } from '../e2e/screens/go-to.ts'
import { framesWhile, smoothness } from './desktop/frames.ts'
import { showPlainBoxes } from './desktop/plain.ts'
import { wideDefinition } from './desktop/wide.ts'
import { type Desk, openDesk } from './desktop/windows.ts'
import { type Measure, median, timed } from './measure.ts'

const ROUNDS = 5
const NODES = 1_000
const MANY_NODES = 5_000
/** How long something is dragged about. */
const MOVE_MS = 4_000
/** Longer than any layout; what takes this long is broken, not slow. */
const LIMIT_MS = 60_000
const SETTLE_MS = 500
/** Zoom at which the picture opens, and at which all of it is seen, about: those of the plain boxes */
const OPENED = 0.6
const WHOLE = 0.12
const PEER = 'as many plain boxes, moved as one'

/** The canvas with 1,000 nodes: how long until it is there, and how smooth it is moved, zoomed, and drawn in. */
export async function canvasMeasures(): Promise<Measure[]> {
  const desk = await openDesk()
  try {
    const { window, close } = await desk.openWeir()
    await desk.engine.publish(wideDefinition('wide', NODES))
    await desk.engine.publish(wideDefinition('wider', MANY_NODES))
    const opened: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const took = await openPicture(window, 'wide')
      if (round > 0) opened.push(took)
    }
    const weir = await movesOf(window, async () => {
      await window.getByRole('button', { name: 'Show all (F)' }).click()
      await sleep(SETTLE_MS)
    })
    const many = await openPicture(window, 'wider')
    await close()
    const plain = await plainMoves(desk)
    const what = `canvas of ${NODES} nodes`
    return [
      opening(`${what}, opened`, opened, 1000),
      opening(`canvas of ${MANY_NODES} nodes, opened`, [many], 10_000),
      ...smoothness(`${what}, as opened, dragged about`, weir.part, plain.part, PEER),
      ...smoothness(`${what}, a node dragged`, weir.node, plain.node, PEER),
      ...smoothness(`${what}, whole, dragged about`, weir.whole, plain.whole, PEER),
      ...smoothness(`${what}, zoomed`, weir.zoom, plain.zoom, PEER),
    ]
  } finally {
    await desk.close()
  }
}

const opening = (name: string, took: readonly number[], target: number): Measure => ({
  name,
  unit: 'ms',
  weir: median(took),
  bare: null,
  bareIs: '',
  target,
  samples: took.length,
})

async function openPicture(window: Page, workflow: string): Promise<number> {
  await goTo(window, '/')
  await window.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  const took = await timed(async () => {
    await goTo(window, `/workflows/${workflow}`)
    await window.locator('.react-flow__node, canvas[data-painted]').first().waitFor({ timeout: LIMIT_MS })
  })
  // Until the good layout has taken the place of the quick one, or was given up.
  await window.locator('section[aria-busy="false"]').waitFor({ timeout: LIMIT_MS })
  return took
}

async function movesOf(window: Page, showAll: () => Promise<void>) {
  const part = await framesWhile(window, () => pan(window))
  const node = await framesWhile(window, () => dragNode(window))
  await showAll()
  const whole = await framesWhile(window, () => pan(window))
  await showAll()
  const zoom = await framesWhile(window, () => zoomTo(window))
  return { part, node, whole, zoom }
}

async function plainMoves(desk: Desk) {
  const bare = await desk.openEmpty()
  await showPlainBoxes(bare.window, NODES, OPENED)
  const moves = await movesOf(bare.window, () => showPlainBoxes(bare.window, NODES, WHOLE))
  await bare.close()
  return moves
}

async function pan({ mouse }: Page): Promise<void> {
  const end = performance.now() + MOVE_MS
  await mouse.move(700, 450)
  await mouse.down({ button: 'middle' })
  for (let i = 0; performance.now() < end; i++) {
    await mouse.move(700 + 250 * Math.sin(i / 12), 450 + 180 * Math.cos(i / 17))
  }
  await mouse.up({ button: 'middle' })
}

/** In the builder the node in the middle; on the page of plain boxes wherever it is pressed. */
async function dragNode(window: Page): Promise<void> {
  const { mouse } = window
  const boxes = await window.locator('.react-flow__node').all()
  const places = await Promise.all(boxes.map((box) => box.boundingBox()))
  const inside = places.find((place) => place !== null && place.x > 400 && place.y > 250 && place.x < 800)
  const [x, y] = inside == null ? [600, 400] : [inside.x + inside.width / 2, inside.y + 10]
  await mouse.move(x, y)
  await mouse.down()
  const end = performance.now() + MOVE_MS
  for (let i = 0; performance.now() < end; i++) {
    await mouse.move(x + 150 * Math.sin(i / 12), y + 100 * Math.sin(i / 17))
  }
  await mouse.up()
}

async function zoomTo({ mouse, keyboard }: Page): Promise<void> {
  const end = performance.now() + MOVE_MS
  await mouse.move(700, 450)
  await keyboard.down('Control')
  for (let i = 0; performance.now() < end; i++) await mouse.wheel(0, Math.floor(i / TURN) % 2 === 0 ? -12 : 12)
  await keyboard.up('Control')
}
/** Turns of the wheel in one direction */
const TURN = 25

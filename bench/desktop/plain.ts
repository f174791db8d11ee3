import type { Page } from '@playwright/test'
import { GAP_X, GAP_Y, ROWS } from './wide.ts'

/*
 * The lower bound of a picture: a page with as many plain boxes, moved as one by a transform, without anything that a picture
 * does besides. What this page cannot do on a machine, no picture of elements can.
 */

/** What the code in the page finds there; the types here are those of Node. */
interface Element {
  style: { cssText: string; transform: string }
  textContent: string
  append(...children: Element[]): void
}
interface InPage {
  document: { body: Element; createElement(name: string): Element }
  addEventListener(type: string, on: (event: PointerLike) => void, options?: { passive: boolean }): void
}
interface PointerLike {
  buttons: number
  movementX: number
  movementY: number
  deltaY: number
  preventDefault(): void
}

/** Pressed with the middle button it is moved, with the left one its first box is; the wheel zooms. */
export async function showPlainBoxes(window: Page, count: number, zoom: number): Promise<void> {
  await window.evaluate(
    ({ count, zoom, rows, gapX, gapY }) => {
      const page = globalThis as unknown as InPage
      const { body } = page.document
      const room = page.document.createElement('div')
      room.style.cssText = 'position:absolute;inset:0;overflow:hidden;background:#eef1f5'
      const picture = page.document.createElement('div')
      picture.style.cssText = 'position:absolute;transform-origin:0 0;will-change:transform'
      const boxes = Array.from({ length: count }, (_, i) => {
        const box = page.document.createElement('div')
        const place = `left:${Math.floor(i / rows) * gapX}px;top:${(i % rows) * gapY}px`
        box.style.cssText = `position:absolute;${place};width:200px;height:84px;background:#fff;border:1px solid #b6c0ce`
        box.textContent = `s${i}`
        return box
      })
      picture.append(...boxes)
      room.append(picture)
      body.append(room)
      const at = { x: 0, y: 0, zoom, boxX: 0, boxY: 0 }
      const place = (): void => {
        picture.style.transform = `translate(${at.x}px,${at.y}px) scale(${at.zoom})`
      }
      place()
      page.addEventListener('pointermove', (event) => {
        if (event.buttons === 4) {
          at.x += event.movementX
          at.y += event.movementY
          place()
        } else if (event.buttons === 1) {
          at.boxX += event.movementX / at.zoom
          at.boxY += event.movementY / at.zoom
          const [first] = boxes
          if (first !== undefined) first.style.transform = `translate(${at.boxX}px,${at.boxY}px)`
        }
      })
      page.addEventListener(
        'wheel',
        (event) => {
          event.preventDefault()
          at.zoom *= 2 ** (-event.deltaY * 0.002)
          place()
        },
        { passive: false },
      )
    },
    { count, zoom, rows: ROWS, gapX: GAP_X, gapY: GAP_Y },
  )
}

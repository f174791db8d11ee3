import type { Page } from '@playwright/test'
import { type Measure, median } from '../measure.ts'

/** How smooth a window was. */
export interface Frames {
  /** Frames a second */
  readonly fps: number
  /** ms between two frames: the middle, and what one in a hundred exceeds */
  readonly medianMs: number
  readonly p99Ms: number
  readonly longestMs: number
}

/** What the code in the page finds there; the types here are those of Node. */
interface InPage {
  weirFrames?: number[]
  weirWatch?: number
  requestAnimationFrame(next: (at: number) => void): number
  cancelAnimationFrame(id: number): void
}

/** Watches the frames of a window while something happens in it. */
export async function framesWhile(window: Page, act: () => Promise<unknown>): Promise<Frames> {
  await window.evaluate(() => {
    const page = globalThis as unknown as InPage
    page.weirFrames = []
    const look = (at: number): void => {
      page.weirFrames?.push(at)
      page.weirWatch = page.requestAnimationFrame(look)
    }
    page.weirWatch = page.requestAnimationFrame(look)
  })
  await act()
  const at = await window.evaluate(() => {
    const page = globalThis as unknown as InPage
    page.cancelAnimationFrame(page.weirWatch ?? 0)
    return page.weirFrames ?? []
  })
  return framesOf(at)
}

function framesOf(at: readonly number[]): Frames {
  const gaps = at.slice(1).map((time, i) => time - (at[i] ?? time))
  const sorted = [...gaps].sort((a, b) => a - b)
  const total = (at.at(-1) ?? 0) - (at[0] ?? 0)
  return {
    fps: total === 0 ? 0 : (gaps.length * 1000) / total,
    medianMs: median(gaps),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    longestMs: sorted.at(-1) ?? Number.NaN,
  }
}

/** Frames a second, and the longest wait of 99 in a hundred. */
export function smoothness(what: string, weir: Frames, bare: Frames, bareIs: string): Measure[] {
  const rest = { bareIs, samples: 1 }
  return [
    { name: what, unit: 'fps', weir: weir.fps, bare: bare.fps, target: 60, ...rest },
    {
      name: `${what}, 99 % of frames within`,
      unit: 'ms',
      weir: weir.p99Ms,
      bare: bare.p99Ms,
      target: SMOOTH_MS,
      ...rest,
    },
  ]
}
/** Two frames of 60 a second: a longer wait is seen. */
const SMOOTH_MS = 34

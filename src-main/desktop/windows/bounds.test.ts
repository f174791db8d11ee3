import { expect, test } from 'vitest'
import { boundsFor, cascaded } from './bounds.ts'

const LAPTOP = { x: 0, y: 25, width: 1440, height: 875 }
const BESIDE = { x: 1440, y: 0, width: 1920, height: 1080 }

test('a first window is in the middle of the first screen, and fits it', () => {
  expect(boundsFor(null, [LAPTOP])).toEqual({ x: 80, y: 53, width: 1280, height: 820 })
  expect(boundsFor(null, [{ x: 0, y: 0, width: 800, height: 600 }])).toEqual({ x: 0, y: 0, width: 800, height: 600 })
})

test('a window comes back where it was, on either screen', () => {
  const left = { x: 1500, y: 100, width: 900, height: 700 }
  expect(boundsFor(left, [LAPTOP, BESIDE])).toEqual(left)
})

test('a window of a screen that was unplugged comes to the one that is there', () => {
  const left = { x: 1500, y: 100, width: 900, height: 700 }
  expect(boundsFor(left, [LAPTOP])).toEqual({ x: 270, y: 113, width: 900, height: 700 })
})

test('a window whose title bar could not be reached is moved', () => {
  expect(boundsFor({ x: 100, y: -300, width: 900, height: 700 }, [LAPTOP])).toMatchObject({ y: 113 })
  expect(boundsFor({ x: 100, y: 890, width: 900, height: 700 }, [LAPTOP])).toMatchObject({ y: 113 })
  expect(boundsFor({ x: -850, y: 100, width: 900, height: 700 }, [LAPTOP])).toMatchObject({ x: 270 })
})

test('a window is no larger than its screen, and no smaller than the screens need', () => {
  expect(boundsFor({ x: 0, y: 25, width: 3000, height: 2000 }, [LAPTOP])).toMatchObject({ width: 1440, height: 875 })
  expect(boundsFor({ x: 0, y: 25, width: 150, height: 100 }, [LAPTOP])).toMatchObject({ width: 390, height: 500 })
})

test('a further window stands beside the first', () => {
  expect(cascaded({ x: 1, y: 2, width: 3, height: 4 })).toEqual({ x: 29, y: 30, width: 3, height: 4 })
})

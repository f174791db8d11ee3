import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

interface Picture {
  readonly points: readonly number[]
  readonly digit: number
}

export function readPictures(path: string, count: number): Picture[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n').slice(0, count)
  return lines.map((line) => {
    const numbers = line.split(',').map(Number)
    return { points: numbers.slice(0, 64), digit: numbers[64] ?? Number.NaN }
  })
}

/** What the example must find with nearest neighbours: share of pictures read right, as the mean over the folds. */
export function accuracy(pictures: readonly Picture[], k: number, folds: number): number {
  let sum = 0
  for (let fold = 0; fold < folds; fold += 1) {
    const { asked, answers } = answersOf(pictures, k, fold, folds)
    sum += asked.filter(({ digit }, at) => digit === answers[at]).length / asked.length
  }
  return sum / folds
}

/** What the model says of every folds-th picture once it has seen the others. */
export function answersOf(
  pictures: readonly Picture[],
  k: number,
  fold: number,
  folds: number,
): { asked: Picture[]; answers: number[] } {
  const asked = pictures.filter((_, row) => row % folds === fold)
  const known = pictures.filter((_, row) => row % folds !== fold)
  return { asked, answers: asked.map((picture) => vote(picture, known, k)) }
}

function vote(picture: Picture, known: readonly Picture[], k: number): number {
  const distance = ({ points }: Picture): number =>
    points.reduce((sum, point, at) => sum + (point - (picture.points[at] ?? 0)) ** 2, 0)
  const nearest = known
    .map((one) => ({ digit: one.digit, far: distance(one) }))
    .sort((a, b) => a.far - b.far || a.digit - b.digit)
    .slice(0, k)
  const votes = new Map<number, number>()
  for (const { digit } of nearest) votes.set(digit, (votes.get(digit) ?? 0) + 1)
  const most = Math.max(...votes.values())
  return nearest.find(({ digit }) => votes.get(digit) === most)?.digit ?? Number.NaN
}

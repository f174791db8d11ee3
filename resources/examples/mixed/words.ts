/** Says in words what a list of readings shows. */
import { task } from 'weir-sdk'

/** @param values readings, in any unit */
export const describe = task(async (values: number[]): Promise<string> => {
  const [first, last] = [values[0], values.at(-1)]
  if (first === undefined || last === undefined) return 'There are no readings.'
  const peaks = values.filter((value, index) => isPeak(value, values[index - 1], values[index + 1])).length
  const way = last > first ? 'rise' : last < first ? 'fall' : 'stay'
  return `${values.length} readings ${way} from ${first.toFixed(2)} to ${last.toFixed(2)}, with ${peaks} peaks on the way.`
})

const isPeak = (value: number, before: number | undefined, after: number | undefined): boolean =>
  before !== undefined && after !== undefined && value > before && value >= after

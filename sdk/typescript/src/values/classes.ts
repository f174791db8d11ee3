/** Values that JavaScript has no class for, or none that keeps what other languages mean by them. */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?$/
const OFFSET = /(Z|[+-]\d{2}:\d{2})$/
const RUN = /^[2-9a-hjkmnp-tv-z]{8}$/
const STEP = /^[A-Za-z][A-Za-z0-9_]*(\[\d+\])?$/

function isDate(text: string): boolean {
  const parts = DATE.exec(text)
  if (parts === null) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isTime(text: string): boolean {
  const parts = TIME.exec(text)
  return parts !== null && Number(parts[1]) < 24 && Number(parts[2]) < 60 && Number(parts[3] ?? 0) < 60
}

const isLocalMoment = (text: string): boolean => text[10] === 'T' && isDate(text.slice(0, 10)) && isTime(text.slice(11))

/** A day of the calendar, `2026-11-21`. */
export class PlainDate {
  readonly value: string

  /** @throws TypeError when it is no day */
  constructor(value: string) {
    if (!isDate(value)) throw new TypeError(`"${value}" is no date: write it as 2026-11-21.`)
    this.value = value
  }

  toString(): string {
    return this.value
  }

  toJSON(): string {
    return this.value
  }
}

/** A moment of nobody's time zone, `2026-11-21T10:00:00`. */
export class PlainDateTime {
  readonly value: string

  /** @throws TypeError when it is no moment, or has an offset */
  constructor(value: string) {
    if (!isLocalMoment(value)) throw new TypeError(`"${value}" is no local datetime: write it as 2026-11-21T10:00:00.`)
    this.value = value
  }

  toString(): string {
    return this.value
  }

  toJSON(): string {
    return this.value
  }
}

/** A moment that keeps its offset and its digits, `2026-11-21T10:00:00.123456+01:00`. A `Date` has neither. */
export class ZonedDateTime {
  readonly value: string

  /** @throws TypeError when it is no moment, or has no offset */
  constructor(value: string) {
    const offset = OFFSET.exec(value)
    if (offset === null || !isLocalMoment(value.slice(0, offset.index))) {
      throw new TypeError(`"${value}" is no datetime with an offset: write it as 2026-11-21T10:00:00+01:00.`)
    }
    this.value = value
  }

  /** The same moment; digits below a millisecond are lost. */
  toDate(): Date {
    return new Date(this.value)
  }

  toString(): string {
    return this.value
  }

  toJSON(): string {
    return this.value
  }
}

/** A span of time. */
export class Duration {
  /** Seconds, with fractions */
  readonly seconds: number

  /** @throws TypeError when it is not finite */
  constructor(seconds: number) {
    if (!Number.isFinite(seconds)) throw new TypeError(`A duration of ${seconds} seconds cannot be passed on.`)
    this.seconds = seconds
  }

  /** Milliseconds, with fractions */
  get ms(): number {
    return this.seconds * 1000
  }
}

/** A tuple of Python: an array that stays a tuple when it goes back. Arrays of TypeScript travel as lists. */
export class Tuple<T = unknown> extends Array<T> {
  /** What map, filter and slice give is a plain array. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  constructor(items: Iterable<T> = []) {
    super()
    for (const item of items) this.push(item)
  }
}

/** An object of a class that is not known here. It goes back out as it came. */
export class Record<T = unknown> {
  /** Name of its class, with the module: `digits.Score` */
  readonly type: string
  /** Its fields, or what the class's codec said */
  readonly value: T

  constructor(type: string, value: T) {
    this.type = type
    this.value = value
  }
}

/** Points to the result of a step. */
export class StepRef {
  readonly run: string
  /** `train[3]` */
  readonly step: string

  /** @throws TypeError when run or step are not written as such */
  constructor(run: string, step: string) {
    if (!RUN.test(run)) throw new TypeError(`"${run}" is no identifier of a run.`)
    if (!STEP.test(step)) throw new TypeError(`"${step}" is no step.`)
    this.run = run
    this.step = step
  }
}

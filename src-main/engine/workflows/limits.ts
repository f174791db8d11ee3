/**
 * What a definition may be at most. Generous for people, small enough that no text handed to the engine can stop it:
 * each limit bounds time or memory of one phase.
 */

export const MAX_STEPS = 10_000
/** Faults that are listed; further ones are only counted. */
export const MAX_PROBLEMS = 100

export const MAX_EXPRESSION_LENGTH = 10_000
/** Nodes and nesting of one expression. */
export const MAX_EXPRESSION_NODES = 2_000
export const MAX_EXPRESSION_DEPTH = 64
/** Rounds of all map, filter, exists and all of one evaluation: about a second of work. */
export const MAX_ITERATIONS = 1_000_000
/** Programs and templates that are kept compiled. */
export const MAX_CACHED_PROGRAMS = 20_000
/** Plans that are kept; a plan of 1,000 steps takes about 2 MB. */
export const MAX_CACHED_PLANS = 64
/** Items of one fan-out, and the longest list that `range` makes. */
export const MAX_ITEMS = 100_000

/** The longest duration that may be written: ten years. */
export const MAX_DURATION_MS = 3650 * 86_400_000
/** Less than this is a forgotten unit: `memory: 512` means 512 bytes. */
export const MIN_MEMORY_BYTES = 1024 * 1024
/** Wait before another attempt when `retry.delay` is absent. */
export const DEFAULT_RETRY_DELAY_MS = 1000
/** Characters of a regular expression in a definition. */
export const MAX_PATTERN_LENGTH = 500
/** Characters of a value that a pattern is tried on. */
export const MAX_PATTERN_SUBJECT = 1_000_000

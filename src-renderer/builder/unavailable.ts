/** For what can be gone to and read while it is refused: the reason stands in it or beside it. */
export const UNAVAILABLE = { 'data-disabled': true, 'aria-disabled': true } as const

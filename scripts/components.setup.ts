/** Started once before the integration tests: the real components that they need. */
export const setup = (): void => undefined

/** Values of which some are there and others are still loaded; at once when all are there. */
export function all<T>(values: readonly (T | Promise<T>)[]): Promise<T[]> | T[] {
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values.map((value) => Promise.resolve(value)))
    : (values as T[])
}

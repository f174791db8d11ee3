/** Where an attempt ran, in words. */
export const EXECUTOR_WORDS: Readonly<Record<string, string>> = {
  process: 'on this machine',
  worker: 'on a worker',
  container: 'in a container',
  cache: 'not at all: its result was kept',
}

import type { StartRunOptions } from './open-start-run.tsx'

export type { StartRunOptions }

/** See open-start-run.tsx. The form with its fields is read when it is first asked for: screens that offer it are there before. */
export async function openStartRun(options: StartRunOptions): Promise<string | null> {
  return (await import('./open-start-run.tsx')).openStartRun(options)
}

import type { Job } from '../executor.ts'

const PREFIX = 'dev.weir.'

/** Names the data folder and project that a container belongs to. */
export const OWNER_LABEL = `${PREFIX}owner`
export const TOKEN_LABEL = `${PREFIX}token`

/** What a container says about the execution that it is, also for people who run `docker ps`. */
export const labelsOf = (job: Job, owner: string): Record<string, string> => ({
  [OWNER_LABEL]: owner,
  [TOKEN_LABEL]: job.token,
  [`${PREFIX}project`]: job.project,
  [`${PREFIX}workspace`]: job.workspace,
  [`${PREFIX}workflow`]: job.workflow,
  [`${PREFIX}run`]: job.run,
  [`${PREFIX}step`]: job.step,
  ...(job.index === null ? {} : { [`${PREFIX}index`]: String(job.index) }),
  [`${PREFIX}attempt`]: String(job.attempt),
})

export const nameOf = (job: Job): string =>
  ['weir', job.run, job.step, ...(job.index === null ? [] : [job.index]), job.attempt].join('-')

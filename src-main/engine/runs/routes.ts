import type { z } from 'zod'
import { ProblemError, RunStatus, RunSummary, type runRoutes } from '../../../src-shared/contract/index.ts'
import type { CallContext, Handlers } from '../http/index.ts'
import type { Caller, RunService } from './service.ts'

const callerOf = (context: CallContext): Caller => ({
  actor: context.actor.name,
  idempotencyKey: context.idempotencyKey,
})

type ServiceOf = (project: string) => Promise<RunService>

/** @param serviceOf refuses with `project_not_found` */
export const runHandlers = (serviceOf: ServiceOf): Handlers<typeof runRoutes> => ({
  ...reading(serviceOf),
  ...changing(serviceOf),
})

type Changes = 'start' | 'cancel' | 'cancelStep' | 'rerun' | 'approve' | 'remove'

function changing(serviceOf: ServiceOf): Pick<Handlers<typeof runRoutes>, Changes> {
  return {
    async start({ params, body }, context) {
      const { workflow, version, params: given, workspace, priority, keep } = body
      const request = {
        workflow,
        params: given,
        workspace,
        ...(version === undefined ? {} : { version }),
        ...(priority === undefined ? {} : { priority }),
        ...(keep === undefined ? {} : { keep }),
      }
      return (await serviceOf(params.project)).start(request, callerOf(context))
    },
    cancel: async ({ params, body }, context) =>
      (await serviceOf(params.project)).cancel(params.run, callerOf(context), body.reason ?? null),
    cancelStep: async ({ params }, context) =>
      (await serviceOf(params.project)).cancelStep(params.run, params.step, callerOf(context)),
    rerun: async ({ params, body }, context) =>
      (await serviceOf(params.project)).rerun(params.run, body.from, body.workspace ?? null, callerOf(context)),
    async approve({ params, body }, context) {
      const answer = { approved: body.approved, answers: body.answers, comment: body.comment ?? null }
      return (await serviceOf(params.project)).approve(params.run, params.step, answer, callerOf(context))
    },
    remove: async ({ params }) => (await serviceOf(params.project)).remove(params.run),
  }
}

function reading(serviceOf: ServiceOf): Omit<Handlers<typeof runRoutes>, Changes> {
  return {
    async list({ params, query }) {
      const { workflow, workspace, status, trigger, search, since, until, cursor, limit } = query
      return (await serviceOf(params.project)).list({
        limit,
        ...(workflow === undefined ? {} : { workflow }),
        ...(workspace === undefined ? {} : { workspace }),
        ...(status === undefined ? {} : { statuses: parseWords(status, RunStatus, 'status') }),
        ...(trigger === undefined ? {} : { triggers: parseWords(trigger, RunTrigger, 'trigger') }),
        ...(search === undefined ? {} : { search: search.trim() }),
        ...(since === undefined ? {} : { since: Date.parse(since) }),
        ...(until === undefined ? {} : { until: Date.parse(until) }),
        ...(cursor === undefined ? {} : { cursor }),
      })
    },
    async get({ params, query }) {
      const service = await serviceOf(params.project)
      return query.steps === 'none' ? service.getWithoutSteps(params.run) : service.get(params.run)
    },
    changes: async ({ params, query }) => (await serviceOf(params.project)).changes(params.run, query.after),
    workflow: async ({ params }) => (await serviceOf(params.project)).workflow(params.run),
    result: async ({ params }) => (await serviceOf(params.project)).result(params.run),
    attempt: async ({ params }) => (await serviceOf(params.project)).attempt(params.run, params.step, params.attempt),
    metrics: async ({ params, query }) => (await serviceOf(params.project)).metrics(params.run, params.step, query),
    why: async ({ params, query }) => (await serviceOf(params.project)).why(params.run, query.step ?? null),
    async logs({ params, query }, context) {
      const { step, attempt, stream, tail, follow } = query
      const request = {
        follow,
        ...(step === undefined ? {} : { step }),
        ...(attempt === undefined ? {} : { attempt }),
        ...(stream === undefined ? {} : { stream }),
        ...(tail === undefined ? {} : { tail }),
      }
      return (await serviceOf(params.project)).logs(params.run, request, context.signal)
    },
    async queue({ params, query: { workspace, limit } }) {
      return (await serviceOf(params.project)).queue({ limit, ...(workspace === undefined ? {} : { workspace }) })
    },
    async questions({ params, query: { run, workspace, limit } }) {
      return (await serviceOf(params.project)).questions({
        limit,
        ...(run === undefined ? {} : { run }),
        ...(workspace === undefined ? {} : { workspace }),
      })
    },
  }
}

const RunTrigger = RunSummary.shape.trigger

/** Words of a query that are separated by commas. */
function parseWords<T extends string>(text: string, known: z.ZodEnum<Record<T, T>>, what: string): T[] {
  return text.split(',').map((word) => {
    const parsed = known.safeParse(word.trim())
    if (parsed.success) return parsed.data
    throw new ProblemError('bad_request', `${word} is no ${what} of a run`, {
      field: `query.${what}`,
      fix: `use one or more of ${known.options.join(', ')}`,
    })
  })
}

import { z } from 'zod'
import { Digest, Json, Name, PageQuery, page, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'
import { Identifier } from './workflows.ts'

/**
 * What a module of code offers: its targets, as a worker declares them. A workflow target is started as a run; a task is
 * called by an execution and becomes a step of its run.
 */

/** Name of a file without its suffix, `digits`; of a Python package with it, `flows.weather`. */
export const ModuleName = z
  .string()
  .max(120)
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$/, 'a module such as digits or flows.weather')

/** `module/target`, e.g. `digits/train`. */
export const TargetPath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*\/[A-Za-z][A-Za-z0-9_]*$/, 'a module and a target, such as digits/train')

/** What a worker offers and a step asks for, e.g. `gpu` or `region=eu`. */
export const Tag = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(=[A-Za-z0-9._:/-]+)?$/, 'a tag such as gpu or region=eu')

const Ms = z.number().int().min(0)

export const Retries = z.strictObject({
  limit: z.int().min(0).nullable().describe('Further attempts after the first; null for as many as it takes'),
  minDelayMs: Ms.default(1000).describe('Wait before the first of them'),
  maxDelayMs: Ms.optional().describe('Wait before the last of them; the same as minDelayMs when absent'),
  backoff: z
    .enum(['linear', 'random'])
    .default('linear')
    .describe('linear: from the shortest wait to the longest over the limit. random: anything between them'),
})
export type Retries = z.infer<typeof Retries>

/** Names of parameters that count; all when absent. */
const Parameters = z.array(z.string().max(100)).max(100)

export const TargetOptions = z.strictObject({
  retries: Retries.optional(),
  timeoutMs: z.int().min(1).optional().describe('An attempt that runs longer is ended'),
  cache: z
    .strictObject({
      parameters: Parameters.optional(),
      maxAgeMs: Ms.optional().describe('How old a result may be when it is used again'),
      namespace: z
        .string()
        .max(200)
        .optional()
        .describe('module/target when absent: targets that share one share results'),
      version: z.string().max(100).optional().describe('Change it to make older results unusable'),
      code: z.boolean().default(true).describe('Whether an edit of the code makes older results unusable'),
    })
    .optional()
    .describe('Use the result of an earlier execution, in any run of the workspace or of those that it descends from'),
  memo: z
    .strictObject({ parameters: Parameters.optional() })
    .optional()
    .describe('A second call with the same arguments in the same run gets the step of the first'),
  delayMs: Ms.optional().describe('Wait before it may begin'),
  defer: z
    .strictObject({ parameters: Parameters.optional(), delayMs: Ms })
    .optional()
    .describe('Wait; when another call with the same key comes meanwhile, that one runs and this one follows it'),
  recurrent: z
    .strictObject({ delayMs: Ms.default(0) })
    .optional()
    .describe(
      'Run again after each attempt that returns nothing (null), until one returns something or it is cancelled',
    ),
  requires: z.array(Tag).max(50).optional().describe('Tags that a worker must offer'),
  priority: z.int().min(-100).max(100).optional().describe('Added to that of the run; higher goes first'),
  concurrency: z
    .strictObject({
      parameters: Parameters.optional().describe(
        'Calls with the same values of these share the limit; none when absent',
      ),
      key: z.string().max(200).optional().describe('module/target when absent'),
      limit: z.int().min(1),
    })
    .optional()
    .describe('At most so many run at once, in all runs of the project'),
  isolation: z
    .enum(['process', 'shared'])
    .optional()
    .describe(
      'process (default): a fresh process for each execution. shared: many in one warm process, for pure functions',
    ),
})
export type TargetOptions = z.infer<typeof TargetOptions>

export const TargetParameter = z.strictObject({
  name: z.string().min(1).max(100),
  kind: z
    .enum(['positional', 'variadic', 'named'])
    .default('positional')
    .describe(
      'variadic: takes all further positional arguments. named: takes all further named ones. One each, at the end',
    ),
  schema: z.record(z.string(), Json).default({}).describe('JSON Schema of the value; {} for any'),
  required: z.boolean(),
  default: Json.optional().describe('For people: what is used when it is absent, when that is plain JSON'),
  description: z.string().max(2000).optional(),
})
export type TargetParameter = z.infer<typeof TargetParameter>

export const Target = z.strictObject({
  name: Identifier,
  kind: z.enum(['workflow', 'task']),
  description: z.string().max(20_000).optional().describe('Its doc comment'),
  parameters: z.array(TargetParameter).max(200),
  result: z.record(z.string(), Json).optional().describe('JSON Schema of what it returns'),
  source: z.strictObject({ file: z.string().max(500), line: z.int().min(1) }).optional(),
  code: Digest.nullable().describe(
    'Of the function and all that it uses inside its project; null when it cannot be told',
  ),
  options: TargetOptions.default({}),
})
export type Target = z.infer<typeof Target>

export const Manifest = z.strictObject({
  module: ModuleName,
  language: z.enum(['python', 'typescript']).or(z.string().max(40)),
  description: z.string().max(20_000).optional(),
  targets: z.array(Target).max(1000),
})
export type Manifest = z.infer<typeof Manifest>

/** A version of a module, as lists show it. */
export const ModuleSummary = z.object({
  module: z.string(),
  version: z.int().describe('Counts from 1, over all workspaces'),
  workspace: z.string().describe('In which it was registered: seen from there, and from workspaces below'),
  language: z.string(),
  description: z.string().nullable(),
  workflows: z.int().describe('Targets that are started as runs'),
  tasks: z.int().describe('Targets that are called by others'),
  registeredAt: Time,
})
export type ModuleSummary = z.infer<typeof ModuleSummary>

export const Module = ModuleSummary.extend({ targets: z.array(Target) })
export type Module = z.infer<typeof Module>

/** A target, as lists show it. */
export const TargetSummary = z.object({
  path: z.string().describe('module/target'),
  module: z.string(),
  name: z.string(),
  kind: z.enum(['workflow', 'task']),
  version: z.int().describe('Of the module'),
  language: z.string(),
  description: z.string().nullable(),
  parameters: z.array(TargetParameter),
})
export type TargetSummary = z.infer<typeof TargetSummary>

export const TargetDetail = Target.extend({
  path: z.string().describe('module/target'),
  module: z.string(),
  version: z.int().describe('Of the module'),
  workspace: z.string().describe('In which this version was registered'),
  language: z.string(),
  inputs: z
    .array(z.string())
    .describe('What the parameters are called as inputs of a step or parameters of a workflow, in their order'),
  registeredAt: Time,
})
export type TargetDetail = z.infer<typeof TargetDetail>

const InWorkspace = z.object({
  workspace: Name.default('main').describe('Whose newest versions are meant; those of workspaces above it count, too'),
})
const OfModule = ProjectParams.extend({ module: ModuleName })
const AtVersion = InWorkspace.extend({
  version: z.coerce.number().int().min(1).optional().describe('The newest of the workspace when absent'),
})

export const targetRoutes = {
  register: route({
    id: 'targets.register',
    method: 'POST',
    path: '/api/v1/projects/{project}/modules',
    permission: 'WORKFLOW',
    change: true,
    summary:
      'Register modules without a worker; one that means the same as the newest of the workspace keeps its version',
    params: ProjectParams,
    body: z.strictObject({
      workspace: Name.default('main'),
      manifests: z.array(Manifest).min(1).max(200),
      register: z
        .enum(['never', 'once', 'always'])
        .default('once')
        .describe('never: refuse a module that is not the newest of the workspace'),
    }),
    response: z.object({ versions: z.record(z.string(), z.int()).describe('By module') }),
    problems: ['module_conflict', 'module_unregistered', 'workspace_not_found', 'workspace_archived'],
  }),
  modules: route({
    id: 'targets.modules',
    method: 'GET',
    path: '/api/v1/projects/{project}/modules',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Modules of code that a workspace sees, each in its newest version, by name',
    params: ProjectParams,
    query: PageQuery.extend(InWorkspace.shape),
    response: page(ModuleSummary),
    problems: ['workspace_not_found'],
  }),
  module: route({
    id: 'targets.module',
    method: 'GET',
    path: '/api/v1/projects/{project}/modules/{module}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A version of a module with its targets',
    params: OfModule,
    query: AtVersion,
    response: Module,
    problems: ['module_not_found', 'workspace_not_found'],
  }),
  versions: route({
    id: 'targets.versions',
    method: 'GET',
    path: '/api/v1/projects/{project}/modules/{module}/versions',
    permission: 'WORKFLOW',
    change: false,
    summary: 'All versions of a module in all workspaces, newest first',
    params: OfModule,
    query: PageQuery,
    response: page(ModuleSummary),
    problems: ['module_not_found'],
  }),
  list: route({
    id: 'targets.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/targets',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Targets that a workspace sees, by module and name',
    params: ProjectParams,
    query: PageQuery.extend(InWorkspace.shape).extend({
      search: z.string().max(200).optional().describe('Part of the path, or of what is said about it'),
      module: ModuleName.optional(),
      kind: z.enum(['workflow', 'task']).optional(),
    }),
    response: page(TargetSummary),
    problems: ['workspace_not_found'],
  }),
  get: route({
    id: 'targets.get',
    method: 'GET',
    path: '/api/v1/projects/{project}/targets/{module}/{target}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A target with its parameters, options and documentation',
    params: OfModule.extend({ target: Identifier }),
    query: AtVersion,
    response: TargetDetail,
    problems: ['module_not_found', 'target_not_found', 'workspace_not_found'],
  }),
} as const

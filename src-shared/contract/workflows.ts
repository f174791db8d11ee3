import { z } from 'zod'
import { AssetFile } from './assets.ts'
import { Json, Name, PageQuery, page, RunId, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'

/**
 * The definition of a workflow, as written in `weir.yaml`. The JSON Schema that editors complete from is printed from
 * these schemas, so every field carries its description here.
 */

/** Names of steps, inputs, outputs and parameters: they are written as they stand in expressions. */
export const Identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'a letter, then letters, digits and "_"')
export const WorkflowName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, ".", "_" and "-"')

/** `500ms`, `30s`, `10m`, `2h`, `7d`, or several in a row: `1h30m`. */
export const Duration = z
  .string()
  .regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, 'a duration such as 500ms, 30s, 10m, 2h, 7d or 1h30m')
/** Bytes as a number, or with a unit: `512Mi`, `2Gi`, `1GB`. */
export const Bytes = z.union([
  z.int().min(0),
  z.string().regex(/^\d+(\.\d+)?(B|[KMGT]i?B?)?$/, 'a size such as 512Mi, 2Gi or 1GB'),
])

/** Names of environment variables. */
export const EnvName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and "_", not starting with a digit')
const Env = z.record(EnvName, z.union([z.string(), z.number(), z.boolean()]))

/** A target of a module of code, `digits/train`, or pinned to a version of the module: `digits/train@4`. */
export const StepTarget = z
  .string()
  .max(220)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*\/[A-Za-z][A-Za-z0-9_]*(@[1-9]\d{0,8})?$/,
    'a module and a target, such as digits/train, or digits/train@4 for a version',
  )

export const Param = z
  .strictObject({
    type: z
      .enum(['string', 'integer', 'number', 'boolean', 'array', 'object', 'json', 'file', 'directory', 'secret'])
      .describe(
        'What the value is. json is whatever its `schema` allows; a file or directory is uploaded when the run starts; a secret is never shown',
      ),
    description: z.string().optional().describe('Shown to the person who starts a run'),
    default: Json.optional().describe('Value when none is given; for a file: a path among `files`'),
    required: z
      .boolean()
      .optional()
      .describe('Whether a value must be given; true when there is no default. Otherwise it may be null'),
    enum: z.array(Json).min(1).optional().describe('The only values that are allowed'),
    minimum: z.number().optional().describe('Least value of a number'),
    maximum: z.number().optional().describe('Greatest value of a number'),
    minLength: z.int().min(0).optional().describe('Fewest characters of a text'),
    maxLength: z.int().min(0).optional().describe('Most characters of a text'),
    pattern: z
      .string()
      .max(500)
      .optional()
      .describe('A regular expression (RE2) that is looked for in a text; use ^ and $ for the whole'),
    multiple: z
      .boolean()
      .optional()
      .describe('For a file: several files, or a folder of them, may be given as one value'),
    items: z.record(z.string(), Json).optional().describe('JSON Schema of the items of an array'),
    properties: z.record(z.string(), Json).optional().describe('JSON Schemas of the fields of an object'),
    schema: z
      .record(z.string(), Json)
      .optional()
      .describe('JSON Schema of a value of the type json; anything when absent'),
  })
  .describe('A parameter: what the person who starts a run may set')
export type Param = z.infer<typeof Param>

export const OutputSpec = z.union([
  z.strictObject({ json: z.string().describe('A JSON file that the step writes; its content is the value') }),
  z.strictObject({ text: z.string().describe('A text file (UTF-8) that the step writes; its content is the value') }),
  z.strictObject({
    files: z
      .union([z.string(), z.array(z.string()).min(1)])
      .describe('File patterns such as *.csv, below the working folder: what matches belongs to the output'),
    optional: z.boolean().optional().describe('Do not fail when nothing matches'),
  }),
])
export type OutputSpec = z.infer<typeof OutputSpec>

export const Retry = z
  .strictObject({
    limit: z.int().min(0).max(1000).describe('How many further attempts after the first'),
    delay: z
      .string()
      .regex(/^[\d.a-z]+(\.\.[\d.a-z]+)?$/)
      .optional()
      .describe('Wait before an attempt: 5s, or 1s..30s, which grows evenly over the attempts; 1s when absent'),
    on: z
      .array(z.union([z.enum(['error', 'timeout', 'abandoned', 'oom']), z.int()]))
      .optional()
      .describe('What is retried: kinds of failure or exit codes; everything when absent'),
  })
  .describe('Try again after a failure')

export const Cache = z
  .strictObject({
    maxAge: Duration.optional().describe('How old a result may be when it is used again'),
    version: z.string().optional().describe('Change it to make older results unusable'),
    params: z.array(Identifier).optional().describe('The inputs that count; all when absent'),
  })
  .describe('Use the result of an earlier execution with the same code and inputs')

export const Resources = z
  .strictObject({
    cpus: z.number().min(0).max(4096).optional().describe('Processors, 1 when absent'),
    memory: Bytes.optional().describe('Memory that is set aside, e.g. 2Gi; a limit where the executor can enforce it'),
    gpus: z.int().min(0).max(64).optional().describe('Graphics processors, 0 when absent'),
  })
  .describe('What one execution takes from the machine while it runs')

export const ForEach = z.strictObject({
  items: Json.describe('A list, or an expression that yields a list or an asset (then its files)'),
  maxParallel: z.int().min(1).optional().describe('How many items run at once'),
  onFailure: z
    .enum(['fail', 'continue'])
    .optional()
    .describe('fail (default): the first failed item ends the step. continue: the others go on and the loss is shown'),
})

export const Approval = z
  .strictObject({
    message: z.string().describe('What is asked of the person; may hold expressions'),
    form: z.record(Identifier, Param).optional().describe('Fields that are filled in; they become the outputs'),
  })
  .describe('A person answers before the run goes on')

export const Step = z
  .strictObject({
    description: z.string().optional().describe('What the step is for; shown on screens'),
    needs: z
      .union([Identifier, z.array(Identifier)])
      .optional()
      .describe('Steps that must end before; those named in expressions are added by themselves'),
    when: z.string().optional().describe('A CEL condition; when it is false the step is skipped'),
    run: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('A shell script, or a program with its arguments as a list. Values in ${{ }} are quoted for the shell'),
    image: z.string().optional().describe('Run in a container of this image'),
    workflow: WorkflowName.optional().describe('Run another workflow as a child; inputs become its parameters'),
    target: StepTarget.optional().describe(
      'Call a target of a module of code: a worker that hosts it runs it with the inputs, its result is the output `result`',
    ),
    approval: Approval.optional(),
    sleep: z.string().optional().describe('Wait for a duration; may be an expression'),
    env: Env.optional().describe(
      'Variables that the command finds in its environment. Their values may read others, also secrets',
    ),
    workdir: z.string().optional().describe('Folder below the working folder in which the command starts'),
    files: z.array(z.string()).optional().describe("Which of the workflow's files this step sees; all when absent"),
    inputs: z.record(Identifier, Json).optional().describe('Named values, files or assets for this step'),
    outputs: z.record(Identifier, OutputSpec).optional().describe('What the step leaves behind'),
    forEach: z
      .union([ForEach, z.string(), z.array(Json)])
      .optional()
      .describe('Run once per item: `item`, `index`'),
    retry: Retry.optional(),
    timeout: Duration.optional().describe('Longest time of one attempt'),
    cache: z
      .union([z.boolean(), Cache])
      .optional()
      .describe('Use earlier results with the same code and inputs; off when absent'),
    resources: Resources.optional(),
    concurrency: z
      .strictObject({
        key: z
          .string()
          .min(1)
          .describe('A text, often with an expression: executions with the same text share the limit'),
        limit: z.int().min(1).optional().describe('How many run at once, 1 when absent'),
      })
      .optional()
      .describe('At most `limit` (1) executions with the same key at once, over all runs of the project'),
    priority: z.int().min(-100).max(100).optional().describe('Higher goes first, 0 when absent'),
  })
  .describe('One step: exactly one of run, target, workflow, approval and sleep')
export type Step = z.infer<typeof Step>

export const Definition = z
  .strictObject({
    name: WorkflowName.describe('Name under which the workflow is saved and started'),
    description: z.string().optional().describe('What the workflow is for; shown on screens'),
    params: z.record(Identifier, Param).optional().describe('What may be set when a run starts'),
    files: z
      .array(z.string())
      .optional()
      .describe(
        'File patterns such as scripts/*.py, relative to this file: what matches is kept with the version and put into the working folder of every step',
      ),
    env: Env.optional().describe('For all steps with `run`; a step can set its own value'),
    steps: z.record(Identifier, Step).describe('The steps by name; their order is found from what they read'),
    outputs: z.record(Identifier, Json).optional().describe('The result of the run, from the outputs of steps'),
    priority: z.int().min(-100).max(100).optional().describe('Of its runs; higher goes first, 0 when absent'),
  })
  .describe('A workflow of Weir')
export type Definition = z.infer<typeof Definition>

/** A fault in a definition: where it is and what to do. Lines and columns count from 1. */
export const DefinitionProblem = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string().describe('Stable name, e.g. unknown_step, cycle, expression_type'),
  message: z.string(),
  fix: z.string().optional(),
  path: z.string().describe('Place in the definition, e.g. steps.fit.inputs.rate'),
  line: z.int().optional(),
  column: z.int().optional(),
})
export type DefinitionProblem = z.infer<typeof DefinitionProblem>

/** Where the nodes of steps stand in the builder, by step, in pixels. Steps without a place are laid out automatically. */
export const Layout = z.record(Identifier, z.object({ x: z.number(), y: z.number() }))
export type Layout = z.infer<typeof Layout>

/** Source of a workflow: the YAML text as typed, and the files that go with it (their bodies stored as blobs before). */
export const WorkflowSource = z.object({
  source: z.string().max(10_000_000),
  files: z.array(AssetFile).max(10_000).default([]),
})
export type WorkflowSource = z.infer<typeof WorkflowSource>

export const Validation = z.object({
  valid: z.boolean(),
  name: z.string().nullable(),
  problems: z.array(DefinitionProblem),
})
export type Validation = z.infer<typeof Validation>

/** The target of a module that a workflow of code stands for. */
export const WorkflowCode = z.object({
  module: z.string(),
  target: z.string(),
  version: z.int().describe('Of the module'),
  language: z.string().describe('e.g. python, typescript'),
  workspace: z.string().describe('In which it was registered: seen from there, and from workspaces below'),
})
export type WorkflowCode = z.infer<typeof WorkflowCode>

export const WorkflowSummary = z.object({
  name: z.string(),
  description: z.string().nullable(),
  version: z.int().describe('Newest version; counts from 1'),
  digest: z.string(),
  steps: z.int(),
  code: WorkflowCode.extend({
    current: z.boolean().describe('False when the newest version of the module does not have the target any more'),
  })
    .nullable()
    .describe('Null for a workflow that is drawn'),
  updatedAt: Time,
  lastRun: z
    .object({ id: RunId, status: z.string(), createdAt: Time, finishedAt: Time.nullable() })
    .nullable()
    .describe('The newest run of any version'),
})
export type WorkflowSummary = z.infer<typeof WorkflowSummary>

export const Workflow = WorkflowSummary.extend({
  latest: z.int().describe('Number of the newest version'),
  createdAt: Time,
  source: z.string().describe('The YAML as it was saved'),
  files: z.array(AssetFile),
  layout: Layout.describe('As it was saved with this version; empty when it never was'),
  definition: Definition,
})
export type Workflow = z.infer<typeof Workflow>

const InWorkspace = z.object({
  workspace: Name.optional().describe(
    'Of workflows of code, only what this workspace sees: its own version, else that of the nearest workspace above; any when absent',
  ),
})

const WorkflowParams = ProjectParams.extend({ workflow: WorkflowName })

export const workflowRoutes = {
  validate: route({
    id: 'workflows.validate',
    method: 'POST',
    path: '/api/v1/projects/{project}/workflows/validate',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Check a definition without saving it',
    params: ProjectParams,
    body: WorkflowSource,
    response: Validation,
  }),
  apply: route({
    id: 'workflows.apply',
    method: 'POST',
    path: '/api/v1/projects/{project}/workflows',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Save a definition as the newest version; nothing changes when it is the same',
    params: ProjectParams,
    body: WorkflowSource.extend({
      layout: Layout.optional().describe('Kept with the version; it makes no new one'),
      base: z
        .int()
        .min(0)
        .optional()
        .describe('Refuse when the newest version is another one than this; 0: when there is any'),
    }),
    response: Workflow.extend({ created: z.boolean().describe('False when this version was there already') }),
    problems: ['workflow_invalid', 'workflow_conflict', 'workflow_of_code', 'blob_not_found'],
  }),
  list: route({
    id: 'workflows.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/workflows',
    permission: 'WORKFLOW',
    change: false,
    summary: 'The workflows of a project, by name',
    params: ProjectParams,
    query: PageQuery.extend({ search: z.string().max(200).optional() }).extend(InWorkspace.shape),
    response: page(WorkflowSummary),
    problems: ['workspace_not_found'],
  }),
  get: route({
    id: 'workflows.get',
    method: 'GET',
    path: '/api/v1/projects/{project}/workflows/{workflow}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A workflow: its newest version, or the one asked for',
    params: WorkflowParams,
    query: InWorkspace.extend({ version: z.coerce.number().int().min(1).optional() }),
    response: Workflow,
    problems: ['workflow_not_found', 'workspace_not_found'],
  }),
  versions: route({
    id: 'workflows.versions',
    method: 'GET',
    path: '/api/v1/projects/{project}/workflows/{workflow}/versions',
    permission: 'WORKFLOW',
    change: false,
    summary: 'All versions, newest first',
    params: WorkflowParams,
    query: PageQuery.extend(InWorkspace.shape),
    response: page(z.object({ version: z.int(), digest: z.string(), createdAt: Time, code: WorkflowCode.nullable() })),
    problems: ['workflow_not_found', 'workspace_not_found'],
  }),
  remove: route({
    id: 'workflows.delete',
    method: 'DELETE',
    path: '/api/v1/projects/{project}/workflows/{workflow}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Delete a workflow; its runs stay',
    params: WorkflowParams,
    response: 'none',
    problems: ['workflow_not_found', 'workflow_in_use'],
  }),
  schema: route({
    id: 'workflows.schema',
    method: 'GET',
    path: '/api/v1/schemas/workflow.json',
    permission: 'PUBLIC',
    change: false,
    summary: 'JSON Schema of weir.yaml, for editors',
    response: z.record(z.string(), Json),
  }),
} as const

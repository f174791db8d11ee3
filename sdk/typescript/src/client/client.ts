import { findEngine } from '../engine/address.ts'
import { EngineBlobs } from '../engine/blobs.ts'
import { EngineHttp } from '../engine/http.ts'
import type { JsonObject } from '../protocol.ts'
import { isTarget, type Target } from '../target.ts'
import type { BlobStore } from '../values/blob-store.ts'
import { setDefaultStore } from '../values/store.ts'
import { pack } from '../values/travel.ts'
import { exportedName } from './exported-name.ts'
import { Run, type RunInfo, type RunLogLine } from './run.ts'

export type { RunInfo, RunLogLine }

export interface ClientOptions {
  /** `http://host:port` or `unix:/path`; WEIR_ENGINE, or the local engine, when absent */
  readonly engine?: string
  /** WEIR_TOKEN when absent */
  readonly token?: string
  /** Data folder of a local engine, in place of `engine` */
  readonly data?: string
  /** `default` when absent */
  readonly project?: string
  /** `main` when absent */
  readonly workspace?: string
}

/** A target that a module offers. */
export interface TargetInfo {
  /** `module/target` */
  readonly path: string
  readonly module: string
  readonly name: string
  readonly kind: 'workflow' | 'task'
  /** Of the module */
  readonly version: number
  readonly description: string | null
}

export interface SubmitOptions {
  /** From −100 to 100; higher goes first */
  readonly priority?: number
  /** Version of the workflow; the newest when absent */
  readonly version?: number
}

const PAGE = 1000

type Params = { readonly [name: string]: unknown }

/**
 * Talks to an engine from outside: starts runs, waits for them, reads what they made.
 *
 * @example const run = await new Client().submit('digits', { folds: 3 }); console.log(await run.result())
 */
export class Client {
  private readonly http: EngineHttp
  private readonly blobs: BlobStore
  private readonly project: string
  private readonly workspace: string

  /** @throws TypeError when the engine's address is none */
  constructor(options: ClientOptions = {}) {
    this.project = options.project ?? 'default'
    this.workspace = options.workspace ?? 'main'
    this.http = new EngineHttp(findEngine(options))
    this.blobs = new EngineBlobs(this.http, this.project)
    setDefaultStore(this.blobs) // blobs and assets that it answers can be read
  }

  /**
   * Starts a run.
   *
   * @param workflow its name, or the exported target itself
   * @param params by name
   * @throws EngineRefusal when there is no such workflow, or params do not fit; ValueError
   */
  async submit<R>(
    workflow: Target<never[], R> | Target<unknown[], R>,
    params?: Params,
    options?: SubmitOptions,
  ): Promise<Run<R>>
  async submit<R = unknown>(workflow: string, params?: Params, options?: SubmitOptions): Promise<Run<R>>
  async submit<R>(workflow: unknown, params: Params = {}, options: SubmitOptions = {}): Promise<Run<R>> {
    const name = typeof workflow === 'string' ? workflow : await nameOf(workflow)
    const { id } = await this.http.post<RunInfo>(`${this.path}/runs`, {
      workflow: name,
      params: (await pack(params, 'params', this.blobs)) as JsonObject,
      workspace: this.workspace,
      ...options,
    })
    return this.run<R>(id)
  }

  /** A run by its identifier; does not look whether it is there. */
  run<R = unknown>(id: string): Run<R> {
    return new Run<R>({ id, http: this.http, project: this.project, blobs: this.blobs })
  }

  /** Targets that modules offer in the workspace, newest versions. */
  async targets(): Promise<TargetInfo[]> {
    const found: TargetInfo[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ workspace: this.workspace, limit: String(PAGE), ...(cursor && { cursor }) })
      const page: { items: TargetInfo[]; next: string | null } = await this.http.json({
        method: 'GET',
        path: `${this.path}/targets?${query}`,
      })
      found.push(...page.items)
      cursor = page.next
    }
    return found
  }

  /** Closes its connections. */
  close(): void {
    this.http.close()
  }

  private get path(): string {
    return `/api/v1/projects/${encodeURIComponent(this.project)}`
  }
}

async function nameOf(workflow: unknown): Promise<string> {
  if (!isTarget(workflow)) throw new TypeError('submit() needs the name of a workflow, or an exported workflow.')
  if (workflow.kind !== 'workflow')
    throw new TypeError('A task is called by workflows; only a workflow can be started.')
  return exportedName(workflow)
}

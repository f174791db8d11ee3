import type { BuildResult } from '../build/thread.ts'
import type { Manifest } from '../protocol.ts'
import type { LoadModule } from '../runner/messages.ts'

/** What was declared together, until the engine says which versions that are. */
export type Declared = ReadonlyMap<string, LoadModule>

/** As many as one message may name. */
const MOST_EARLIER = 100

/**
 * The modules of a worker: the newest good build of each, and builds before it, for executions of the versions that they
 * were declared as.
 */
export class Hosted {
  private readonly newest = new Map<string, { readonly manifest: Manifest; readonly load: LoadModule }>()
  /** By module and version */
  private readonly versions = new Map<string, Map<number, LoadModule>>()

  /** Takes over the good modules of a build. The others keep what they were. */
  take(build: BuildResult): void {
    for (const manifest of build.manifests) {
      const { module, targets } = manifest
      const file = build.files.get(module)
      if (file === undefined) continue
      const parameters = Object.fromEntries(targets.map((target) => [target.name, target.parameters]))
      this.newest.set(module, { manifest, load: { module, file, targets: parameters } })
    }
  }

  get manifests(): Manifest[] {
    return [...this.newest.values()].map(({ manifest }) => manifest)
  }

  get hasShared(): boolean {
    return this.manifests.some(({ targets }) => targets.some(({ options }) => options.isolation === 'shared'))
  }

  /** What executors load. */
  get modules(): LoadModule[] {
    return [...this.newest.values()].map(({ load }) => load)
  }

  /** To be kept with a declaration, and handed back with its answer. */
  declared(): Declared {
    return new Map([...this.newest].map(([module, { load }]) => [module, load]))
  }

  versioned(declared: Declared, versions: Readonly<Record<string, number>>): void {
    for (const [module, version] of Object.entries(versions)) {
      const load = declared.get(module)
      if (load === undefined) continue
      const known = this.versions.get(module)
      if (known === undefined) this.versions.set(module, new Map([[version, load]]))
      else known.set(version, load)
    }
  }

  /** Versions that are hosted besides the newest, for runs that began with them. They are files: processes come when asked. */
  earlier(): Record<string, number[]> {
    const found = [...this.versions].map(([module, versions]) => {
      const others = [...versions].filter(([, { file }]) => file !== this.fileOf(module)).map(([version]) => version)
      return [module, others.slice(-MOST_EARLIER)] as const
    })
    return Object.fromEntries(found.filter(([, versions]) => versions.length > 0))
  }

  /** No run needs these versions any more. */
  retire(versions: Readonly<Record<string, readonly number[]>>): void {
    for (const [module, numbers] of Object.entries(versions)) {
      const known = this.versions.get(module)
      for (const number of numbers) if (known?.get(number)?.file !== this.fileOf(module)) known?.delete(number)
    }
  }

  has(module: string, version: number): boolean {
    return this.versions.get(module)?.has(version) === true
  }

  /** The modules with one of them in a certain version; null when that is the newest one. */
  modulesFor(module: string, version: number): LoadModule[] | null {
    const load = this.versions.get(module)?.get(version)
    if (load === undefined || load.file === this.fileOf(module)) return null
    return [...this.modules.filter((one) => one.module !== module), load]
  }

  private fileOf(module: string): string | undefined {
    return this.newest.get(module)?.load.file
  }

  /** Names of the versions, for people. */
  versionNames(): string[] {
    return this.manifests.map(({ module }) => {
      const versions = [...(this.versions.get(module) ?? [])]
      const found = versions.find(([, { file }]) => file === this.fileOf(module))
      return found === undefined ? module : `${module}@${found[0]}`
    })
  }
}

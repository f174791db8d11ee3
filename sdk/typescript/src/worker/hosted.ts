import type { BuildResult } from '../build/thread.ts'
import type { Manifest } from '../protocol.ts'
import type { LoadModule } from '../runner/messages.ts'

/** What was declared together, until the engine says which versions that are. */
export type Declared = ReadonlyMap<string, LoadModule>

/**
 * The modules of a worker: the newest good build of each, and builds before it, for executions of the versions that they
 * were declared as.
 */
export class Hosted {
  private readonly newest = new Map<string, { readonly manifest: Manifest; readonly load: LoadModule }>()
  private readonly versions = new Map<string, LoadModule>()

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
      if (load !== undefined) this.versions.set(`${module}@${version}`, load)
    }
  }

  /** The modules with one of them in a certain version; null when that is the newest one. */
  modulesFor(module: string, version: number): LoadModule[] | null {
    const load = this.versions.get(`${module}@${version}`)
    if (load === undefined || load.file === this.newest.get(module)?.load.file) return null
    return [...this.modules.filter((one) => one.module !== module), load]
  }

  /** Names of the versions, for people. */
  versionNames(): string[] {
    return this.manifests.map(({ module }) => {
      const file = this.newest.get(module)?.load.file
      const found = [...this.versions].find(([name, load]) => name.startsWith(`${module}@`) && load.file === file)
      return found?.[0] ?? module
    })
  }
}

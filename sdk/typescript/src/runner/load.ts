import { pathToFileURL } from 'node:url'
import { isErrorClass, knowErrorClass } from '../errors.ts'
import { wireOptions } from '../options.ts'
import type { WireParameter } from '../protocol.ts'
import { type AnyTarget, isTarget, nameTarget } from '../target.ts'
import type { FoundTarget, LoadModule } from './messages.ts'

export interface LoadedTarget {
  readonly target: AnyTarget
  readonly parameters: readonly WireParameter[]
}

/** Targets by their path, `module/target`. */
export type LoadedTargets = ReadonlyMap<string, LoadedTarget>

type Exports = { readonly [name: string]: unknown }

/**
 * Loads modules and names their targets.
 *
 * @throws whatever a module throws while it is loaded
 */
export async function loadModules(modules: readonly LoadModule[]): Promise<LoadedTargets> {
  const targets = new Map<string, LoadedTarget>()
  for (const { module, file, targets: known } of modules) {
    for (const [name, value] of Object.entries(await importFile(file))) {
      const parameters = known === null ? [] : known[name]
      if (isTarget(value) && parameters !== undefined) {
        nameTarget(value, `${module}/${name}`)
        targets.set(`${module}/${name}`, { target: value, parameters })
      } else if (isErrorClass(value)) knowErrorClass(`${module}.${name}`, value)
    }
  }
  return targets
}

/** Targets that a module exports, as it says itself. */
export async function inspectModule(file: string): Promise<FoundTarget[]> {
  const found: FoundTarget[] = []
  for (const [name, value] of Object.entries(await importFile(file))) {
    if (isTarget(value)) found.push({ name, kind: value.kind, options: wireOptions(value.options) })
  }
  return found
}

const importFile = async (file: string): Promise<Exports> => (await import(pathToFileURL(file).href)) as Exports

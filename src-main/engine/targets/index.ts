export { type Arguments, argumentsOf, inputNames } from './arguments.ts'
export { ModuleRegistry, type Register, type RegisteredManifest, type Targets } from './registry.ts'

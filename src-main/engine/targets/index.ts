export { type Arguments, argumentsOf, inputNames } from './arguments.ts'
export { ModuleRegistry, openModule, type Register, type RegisteredManifest, type Targets } from './registry.ts'

export { type Arguments, argumentsOf, checkInputs, inputNames, inputsOf } from './arguments.ts'
export { ModuleRegistry, openModule, type Register, type RegisteredManifest, type Targets } from './registry.ts'

/** The text of a definition: read with places, changed without losing what was typed. Runs in the engine and in screens. */
export { canonicalJson } from './canonical.ts'
export type { Edit } from './edit.ts'
export { editDefinition } from './edit.ts'
export { matcherOf, matchFiles } from './globs.ts'
export { moveKey, renameKey } from './keys.ts'
export { MAX_DEPTH, MAX_SOURCE_BYTES } from './limits.ts'
export { type Inside, locate, placeOf } from './locate.ts'
export { type Path, parseYaml, type YamlFault, type YamlSource } from './yaml-source.ts'

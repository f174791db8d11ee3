/** What the text of a definition may be at most: what every reader of it refuses, engine and screens alike. */

/** UTF-8 bytes of one weir.yaml; long scripts belong into files. */
export const MAX_SOURCE_BYTES = 10_000_000
/** YAML tokens: parsing a million takes about two seconds; 10,000 steps with every field have about 700,000. */
export const MAX_YAML_TOKENS = 1_000_000
/** Lists and maps inside each other, in the definition and in values. The YAML parser recurses once a level. */
export const MAX_DEPTH = 64
/** Values after aliases are expanded: what stops an alias bomb. */
export const MAX_VALUES = 1_000_000

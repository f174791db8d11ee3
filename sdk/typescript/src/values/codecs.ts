/** Classes of the project that may travel. */

type Constructor<T> = abstract new (...args: never[]) => T

/** How objects of a class travel. */
export interface Codec<T, V> {
  /** With its module, the same in all languages that know the class: `digits.Score` */
  readonly name: string
  /** The object as plain data, or as other values that can travel */
  readonly encode: (value: T) => V
  /** The object again */
  readonly decode: (value: V) => T
}

export interface KnownClass {
  readonly name: string
  readonly type: Constructor<unknown>
  readonly encode: (value: unknown) => unknown
  readonly decode: (value: unknown) => unknown
}

/** On the global object, so that two copies of this package in one process know the same classes. */
const REGISTRY = Symbol.for('weir-sdk.codecs')
const shared = globalThis as { [REGISTRY]?: { byName: Map<string, KnownClass>; byType: Map<unknown, KnownClass> } }
shared[REGISTRY] ??= { byName: new Map(), byType: new Map() }
const { byName, byType } = shared[REGISTRY]

/**
 * Lets objects of a class be arguments and results. An error's class is known from then on by its name, too: a failed
 * step throws it again where the step is awaited.
 *
 * @returns the class, so that it can be exported at once
 */
export function codec<C extends Constructor<unknown>, V>(type: C, how: Codec<InstanceType<C>, V>): C {
  const known: KnownClass = {
    name: how.name,
    type,
    encode: (value) => how.encode(value as InstanceType<C>),
    decode: (value) => how.decode(value as V),
  }
  byName.set(how.name, known)
  byType.set(type, known)
  return type
}

export const codecNamed = (name: string): KnownClass | undefined => byName.get(name)
export const codecOf = (value: object): KnownClass | undefined => byType.get(value.constructor)

import { expect, it } from 'vitest'
import { assetsWithin } from './within.ts'

const asset = (name: string) => ({ kind: 'asset', name, files: [{ path: name, digest: 'a'.repeat(64), size: 1 }] })

it('finds files anywhere in a value, in its order', () => {
  const value = { a: [1, asset('x'), { deep: [asset('y')] }], kind: 'asset', b: asset('z'), c: null }
  expect(assetsWithin(value).map(({ name }) => name)).toEqual(['x', 'y', 'z'])
  expect(assetsWithin('text')).toEqual([])
})

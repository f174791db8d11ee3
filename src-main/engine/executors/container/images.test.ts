import { describe, expect, it } from 'vitest'
import { Layers, splitImage } from './images.ts'

describe('splitImage', () => {
  it.each([
    ['alpine', 'alpine', 'latest'],
    ['alpine:3', 'alpine', '3'],
    ['host:5000/group/tool', 'host:5000/group/tool', 'latest'],
    ['host:5000/group/tool:1.4', 'host:5000/group/tool', '1.4'],
    ['tool@sha256:ab', 'tool', 'sha256:ab'],
  ])('%s is %s and %s', (image, name, tag) => {
    expect(splitImage(image)).toEqual({ name, tag })
  })
})

describe('Layers', () => {
  it('tells layers and bytes of a pull', () => {
    const layers = new Layers()
    expect(layers.describe('x:1')).toBe('pulls x:1')
    layers.add({ id: '1', status: 'Pulling from library/x' })
    layers.add({ id: 'a', status: 'Already exists' })
    layers.add({ id: 'b', status: 'Downloading', current: 1_000_000, total: 4_000_000 })
    layers.add({ id: 'c', status: 'Waiting' })
    expect(layers.describe('x:1')).toBe('pulls x:1: 1 of 3 layers, 1.0 of 4.0 MB')
    layers.add({ id: 'b', status: 'Download complete' })
    expect(layers.describe('x:1')).toBe('pulls x:1: 1 of 3 layers, 4.0 of 4.0 MB')
    layers.add({ id: 'b', status: 'Pull complete' })
    layers.add({ status: 'Digest: sha256:…' })
    expect(layers.describe('x:1')).toBe('pulls x:1: 2 of 3 layers, 4.0 of 4.0 MB')
  })
})

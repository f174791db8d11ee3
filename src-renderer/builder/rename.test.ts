import { describe, expect, it } from 'vitest'
import { renamed } from './rename.ts'

const SOURCE = `# fit is the heart
name: fit
params: {fit: {type: integer}, rate: {type: number}}
steps:
  fit: # keep me
    description: fit uses \${{ steps.fit.nothing }}
    run: fit \${{ params.fit }}
    outputs: {fit: {json: fit.json}}
  "other":
    needs: [fit, 'fit2']
    when: steps.fit.status == "fit" && steps["fit"].status != 'x'
    run: |
      # \${{ steps.fit.outputs.fit }} and steps.fit
      echo \${{ steps.fit.outputs.fit + steps.fit2.outputs.fit }}
    inputs:
      fit: \${{ steps.fit.outputs.fit }}
  fit2: {sleep: 1s, needs: fit}
outputs:
  result: "\${{ steps.fit.outputs.fit }}"
`

describe('renamed', () => {
  it('renames a step wherever it is read, and nothing else', () => {
    expect(renamed(SOURCE, { what: 'step', from: 'fit', to: 'train' })).toBe(`# fit is the heart
name: fit
params: {fit: {type: integer}, rate: {type: number}}
steps:
  train: # keep me
    description: fit uses \${{ steps.fit.nothing }}
    run: fit \${{ params.fit }}
    outputs: {fit: {json: fit.json}}
  "other":
    needs: [train, 'fit2']
    when: steps.train.status == "fit" && steps["train"].status != 'x'
    run: |
      # \${{ steps.train.outputs.fit }} and steps.fit
      echo \${{ steps.train.outputs.fit + steps.fit2.outputs.fit }}
    inputs:
      fit: \${{ steps.train.outputs.fit }}
  fit2: {sleep: 1s, needs: train}
outputs:
  result: "\${{ steps.train.outputs.fit }}"
`)
  })

  it('renames a parameter', () => {
    const text = renamed(SOURCE, { what: 'param', from: 'fit', to: 'size' })
    expect(text).toContain('params: {size: {type: integer}')
    expect(text).toContain('run: fit ${{ params.size }}')
    expect(text.match(/steps\.fit\b/g)?.length).toBe(SOURCE.match(/steps\.fit\b/g)?.length)
  })

  it('refuses a name that is taken or not there, and a text that cannot be read', () => {
    expect(() => renamed(SOURCE, { what: 'step', from: 'fit', to: 'fit2' })).toThrow('already')
    expect(() => renamed(SOURCE, { what: 'step', from: 'nobody', to: 'x' })).toThrow('no step')
    expect(() => renamed('a: [', { what: 'step', from: 'a', to: 'x' })).toThrow('cannot be read')
  })
})

import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../../src-shared/definition/index.ts'
import { type NamedThing, renamedInText, renameField } from './rename-field.ts'

const SOURCE = `name: x # head
params:
  year: { type: integer } # a year
  other: { type: string, default: params.year }
steps:
  fit:
    run: ./fit \${{ params.year }} "\${{ inputs.rate }}" \${{ "params.year" }}
    inputs:
      rate: \${{ params["year"] + 1 }}
      rates: \${{ inputs.rate }}
    outputs:
      model: { json: m.json } # the model
  show:
    when: steps.fit.outputs.model.r2 > 0.9 && steps.fit.outputs.model2 == "steps.fit.outputs.model"
    run: echo \${{ steps.fit.outputs.model }} \${{ inputs.rate }}
    inputs: { rate: 1 }
`

const renamed = (thing: NamedThing, from: string, to: string): string =>
  renameField(SOURCE, parseYaml(SOURCE).value ?? null, thing, from, to)

describe('renameField', () => {
  it('renames a parameter wherever it is read, and not where it is only mentioned', () => {
    expect(renamed({ what: 'param' }, 'year', 'when')).toBe(
      SOURCE.replace('  year: {', '  when: {')
        .replace('./fit ${{ params.year }}', './fit ${{ params.when }}')
        .replace('params["year"]', 'params["when"]'),
    )
  })

  it('renames an input in its own step only', () => {
    expect(renamed({ what: 'input', step: 'fit' }, 'rate', 'speed')).toBe(
      SOURCE.replace('"${{ inputs.rate }}"', '"${{ inputs.speed }}"')
        .replace('      rate: ', '      speed: ')
        .replace('rates: ${{ inputs.rate }}', 'rates: ${{ inputs.speed }}'),
    )
  })

  it('renames an output in every step that reads it', () => {
    expect(renamed({ what: 'output', step: 'fit' }, 'model', 'best')).toBe(
      SOURCE.replace('model: {', 'best: {')
        .replace('when: steps.fit.outputs.model.r2', 'when: steps.fit.outputs.best.r2')
        .replace('echo ${{ steps.fit.outputs.model }}', 'echo ${{ steps.fit.outputs.best }}'),
    )
  })

  it('refuses a name that is taken', () => {
    expect(() => renamed({ what: 'param' }, 'year', 'other')).toThrow('`other` is there already.')
  })
})

it('leaves fields of other things alone', () => {
  const text = '${{ steps.a.outputs.params.year + inputs.params.year }} params.year $${{ params.year }}'
  expect(renamedInText(text, ['params'], 'year', 'x')).toBe(text)
})

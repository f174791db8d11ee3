import { describe, expect, it } from 'vitest'
import { asForm, renamedSpec } from './output-files.ts'

describe('asForm', () => {
  it('a guessed file becomes the guess of the new form, also after the output was named', () => {
    expect(asForm({ json: 'result.json' }, 'files', 'result')).toEqual({ files: 'result/*' })
    expect(asForm({ json: 'result.json' }, 'files', 'list')).toEqual({ files: 'list/*' })
    expect(asForm({ files: 'list/*' }, 'text', 'list')).toEqual({ text: 'list.txt' })
  })

  it('a file that somebody named stays', () => {
    expect(asForm({ json: 'model.json' }, 'files', 'list')).toEqual({ files: 'model.json' })
    expect(asForm({ files: ['a.csv', 'b.csv'] }, 'json', 'list')).toEqual({ json: 'a.csv' })
  })

  it('an empty list of patterns, and no form at all, give the guess', () => {
    expect(asForm({ files: [] }, 'json', 'sum')).toEqual({ json: 'sum.json' })
    expect(asForm({}, 'files', 'sum')).toEqual({ files: 'sum/*' })
  })
})

describe('renamedSpec', () => {
  it('follows the name while the file is the guessed one', () => {
    expect(renamedSpec({ json: 'result.json' }, 'result', 'sum')).toEqual({ json: 'sum.json' })
    expect(renamedSpec({ files: 'result/*', optional: true }, 'result', 'plots')).toEqual({
      files: 'plots/*',
      optional: true,
    })
  })

  it('leaves a file alone that somebody named', () => {
    expect(renamedSpec({ json: 'model.json' }, 'result', 'sum')).toBeNull()
    expect(renamedSpec({ files: [] }, 'result', 'sum')).toBeNull()
  })
})

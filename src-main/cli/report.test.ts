import { expect, it, vi } from 'vitest'
import { ProblemError } from '../../src-shared/contract/index.ts'
import { Output } from './output.ts'
import { reportFailure } from './report.ts'

async function told(problems: { field: string; message: string }[]): Promise<string> {
  const lines: string[] = []
  const output = new Output('table', false)
  vi.spyOn(output, 'error').mockImplementation((text) => void lines.push(text))
  const message = `the answers do not fit: release: \`release\` must be boolean`
  await reportFailure(new ProblemError('params_invalid', message, { problems }), output, null)
  return lines.join('\n')
}

const release = { field: 'release', message: '`release` must be boolean' }

it('says what is wrong with one field once, and with several each', async () => {
  expect((await told([release])).match(/must be boolean/g)).toHaveLength(1)
  expect(await told([release, { field: 'by', message: '`by` is required' }])).toContain('  - by: `by` is required')
  expect(await told([{ field: 'by', message: '`by` is required' }])).toContain('  - by: `by` is required')
})

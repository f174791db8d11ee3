import { Manifest, type Target, type TargetParameter } from '../../../../src-shared/contract/index.ts'

/** What tests register: valid, and a test changes what it is about. */
export const parameter = (name: string, fields: Partial<TargetParameter> = {}): TargetParameter => ({
  name,
  kind: 'positional',
  schema: {},
  required: true,
  ...fields,
})

export const target = (name: string, fields: Partial<Target> = {}): Target => ({
  name,
  kind: 'workflow',
  parameters: [],
  code: 'a'.repeat(64),
  options: {},
  ...fields,
})

export const manifest = (module: string, ...targets: Target[]): Manifest =>
  Manifest.parse({ module, language: 'python', targets })

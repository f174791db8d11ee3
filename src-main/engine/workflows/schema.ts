import { z } from 'zod'
import { Definition, type Json } from '../../../src-shared/contract/index.ts'

/**
 * JSON Schema (draft 2020-12) of weir.yaml, printed from the contract. Editors take it from the engine or from
 * resources/schema/weir.schema.json by `# yaml-language-server: $schema=…`.
 */
export function definitionSchema(): Record<string, Json> {
  const printed = z.toJSONSchema(Definition, { target: 'draft-2020-12', io: 'input' }) as Record<string, Json>
  const { $schema = '', ...rest } = printed
  return { $schema, title: 'weir.yaml', ...rest }
}

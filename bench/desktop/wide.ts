/** Steps in a column of the wide picture, and how far apart they are drawn about. */
export const ROWS = 40
export const GAP_X = 264
export const GAP_Y = 112

/** Steps in layers: each reads one of the layer before, as drawn pipelines do. */
export function wideDefinition(name: string, steps: number): string {
  const lines = [`name: ${name}`, 'steps:']
  for (let i = 0; i < steps; i++) {
    lines.push(`  s${i}:`, '    run: echo "${{ inputs.a }}" > a.txt', '    inputs:')
    lines.push(i < ROWS ? `      a: ${i}` : `      a: \${{ steps.s${i - ROWS}.outputs.a }}`)
    lines.push('    outputs:', '      a: { text: a.txt }')
  }
  return `${lines.join('\n')}\n`
}

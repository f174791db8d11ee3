import { Command } from 'commander'
import type { Finding } from '../../src-shared/contract/index.ts'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import type { Output } from './output.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check the machine of the engine; says cause and fix. Exit code 1 when something is broken')
    .addHelpText('after', examples('weir doctor', 'weir doctor -o json | jq \'.findings[] | select(.status != "ok")\''))
    .action(
      engineAction(async (session) => {
        const { client, routes, output } = session
        const answer = await client.call(routes.engine.doctor, {})
        await output.result(answer, () => answer.findings.map((finding) => findingText(finding, output)).join('\n'))
        return answer.findings.some((finding) => finding.status === 'error') ? 'failed' : undefined
      }),
    )
}

const marks: Readonly<Record<Finding['status'], readonly [string, string, 'green' | 'yellow' | 'red' | 'dim']>> = {
  ok: ['●', '*', 'green'],
  warning: ['▲', '!', 'yellow'],
  error: ['✕', 'x', 'red'],
  absent: ['○', 'o', 'dim'],
}

/** `● Docker  29.1 answers` and, when there is one, the fix below. */
export function findingText(finding: Finding, { colors, unicode }: Pick<Output, 'colors' | 'unicode'>): string {
  const [glyph, ascii, color] = marks[finding.status]
  const head = `${colors[color](`${unicode ? glyph : ascii} ${finding.status.padEnd(7)}`)}  ${colors.bold(finding.title)}: ${finding.detail}`
  return finding.fix === undefined ? head : `${head}\n             ${colors.cyan('fix:')} ${finding.fix}`
}

import { Command } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './numbers.ts'

const SAMPLE = '3f0c5a52-9d0e-4c1b-8a57-0e6c1c1d9f10'

export function draftCommand(): Command {
  const draft = new Command('draft').description('Definitions that are being written in the desktop or the console')
  draft
    .command('list')
    .description('Drafts, last changed first')
    .option('--workflow <name>', 'only drafts of this workflow')
    .option('--limit <n>', 'at most so many', wholeNumber(1))
    .addHelpText('after', examples('weir draft list', 'weir draft list --workflow seattle-weather -o json'))
    .action(
      engineAction<{ workflow?: string; limit?: number }>(async (session, options) =>
        (await import('./draft-actions.ts')).list(session, options),
      ),
    )
  draft
    .command('inspect')
    .description('The text of a draft, as it was typed')
    .argument('<draft>', 'identifier of the draft')
    .addHelpText('after', examples(`weir draft inspect ${SAMPLE}`, `weir draft inspect ${SAMPLE} > weir.yaml`))
    .action(engineAction(async (session, _options, id) => (await import('./draft-actions.ts')).inspect(session, id)))
  draft
    .command('delete')
    .description('Throw a draft away; what was published stays')
    .argument('<draft>', 'identifier of the draft')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples(`weir draft delete ${SAMPLE}`, `weir draft delete ${SAMPLE} --yes`))
    .action(
      engineAction<{ yes?: boolean }>(async (session, options, id) =>
        (await import('./draft-actions.ts')).remove(session, options, id),
      ),
    )
  return draft
}

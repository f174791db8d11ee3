import { Command } from 'commander'
import { engineAction } from './action.ts'
import type { ConsoleOptions } from './console-actions.ts'
import { examples } from './examples.ts'

export function consoleCommand(): Command {
  return new Command('console')
    .description('Make a link that signs a browser in to the screens; it works once, within ten minutes')
    .option('--open', 'open it in the browser of this machine, too')
    .addHelpText(
      'after',
      examples(
        'weir console --open',
        'weir console -o json | jq -r .url',
        'ssh -L 7767:127.0.0.1:7767 lab weir console     # then open the link here',
      ),
    )
    .action(
      engineAction<ConsoleOptions>(async (session, options) =>
        (await import('./console-actions.ts')).makeLink(session, options),
      ),
    )
}

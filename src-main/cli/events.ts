import { Command } from 'commander'
import { engineAction } from './action.ts'
import type { EventsOptions } from './events-actions.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './numbers.ts'

export function eventsCommand(): Command {
  return new Command('events')
    .description('What happened to the runs of the project, oldest first')
    .option('--run <run>', 'only one run')
    .option('--after <cursor>', 'go on after this position', wholeNumber(0))
    .option('--limit <n>', 'about so many (1000): what happened in one moment stays together', wholeNumber(1))
    .option('-f, --follow', 'go on with new events')
    .addHelpText(
      'after',
      examples('weir events --run k3m9abcd', 'weir events --follow -o json', 'weir events --after 1200 --limit 50'),
    )
    .action(
      engineAction<EventsOptions>(async (session, options) =>
        (await import('./events-actions.ts')).events(session, options),
      ),
    )
}

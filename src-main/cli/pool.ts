import { Command, Option } from 'commander'
import { action, engineAction } from './action.ts'
import { examples } from './examples.ts'
import { collected, durationOption, wholeNumber } from './numbers.ts'
import type { CreateOptions } from './pool-actions.ts'

const POOL = 'name of the pool'
const actions = () => import('./pool-actions.ts')

export function poolCommand(): Command {
  const pool = new Command('pool').description(
    'Pools: workers on the machine of the engine, started when there is work',
  )
  addCreate(pool)
  pool
    .command('list')
    .description('The pools of the project')
    .addHelpText('after', examples('weir pool list', 'weir pool list -o json'))
    .action(engineAction(async (session) => (await actions()).list(session)))
  pool
    .command('logs')
    .description('What the workers of a pool have written')
    .argument('<pool>', POOL)
    .option('--tail <n>', 'so many of the last lines', wholeNumber(1, 10_000), 200)
    .addHelpText('after', examples('weir pool logs fits', 'weir pool logs fits --tail 20'))
    .action(
      engineAction<{ tail: number }>(async (session, options, name) => (await actions()).logs(session, options, name)),
    )
  for (const [name, about] of [
    ['inspect', 'A pool and its workers'],
    ['start', 'Let a pool start workers again; after failures, at once'],
    ['stop', 'Let the workers of a pool finish what they run and end, and start no more'],
  ] as const) {
    pool
      .command(name)
      .description(about)
      .argument('<pool>', POOL)
      .addHelpText('after', examples(`weir pool ${name} fits`))
      .action(engineAction(async (session, _, which) => (await actions())[name](session, which)))
  }
  pool
    .command('delete')
    .description('Delete a pool; its workers finish what they run and end')
    .argument('<pool>', POOL)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('weir pool delete fits', 'weir pool delete fits --yes'))
    .action(
      engineAction<{ yes?: boolean }>(async (session, options, name) =>
        (await actions()).remove(session, options, name),
      ),
    )
  return pool
}

function addCreate(pool: Command): void {
  pool
    .command('create')
    .description('Make a pool of workers for modules')
    .argument('<new-name>', 'lower-case letters, digits, ".", "_", "-"')
    .argument(
      '[module-file...]',
      'files such as digits.py, folders, or dotted names of Python modules; of one language',
    )
    .option('-W, --workspace <workspace>', 'whose runs its workers take', 'main')
    .option('--command <text>', 'in place of modules: a command line that starts a worker')
    .option('--dir <folder>', 'where its workers are started; here when absent')
    .addOption(new Option('--dev', 'load and register the modules anew at every save').conflicts('register'))
    .option('--register', 'release the modules whenever a worker starts')
    .option('--min <n>', 'workers that are always there', wholeNumber(0, 100), 0)
    .option('--max <n>', 'workers at most', wholeNumber(1, 100), 1)
    .option('--idle-stop <duration>', 'stop a worker that had no work for so long', durationOption, 5 * 60_000)
    .option('--concurrency <n>', 'executions at once of each worker', wholeNumber(1, 10_000))
    .option('--env <name=value>', 'a variable for its workers; may be repeated', collected)
    .option('--tag <tag>', 'what its workers offer, e.g. gpu; may be repeated', collected)
    .option('--python <program>', 'interpreter for modules in Python')
    .addHelpText(
      'after',
      examples(
        'weir pool create fits digits.py --register --max 4 --idle-stop 10m',
        'weir pool create gpu --command "conda run -n torch python -m weir worker start fit.py" --tag gpu --min 1',
      ),
    )
    .action(async (name: string, modules: string[], options: CreateOptions, command: Command) => {
      // Several modules come as one list: what `action` hands on are texts.
      const run = action<CreateOptions>(async (context, given) =>
        (await actions()).create(context, given, name, modules),
      )
      await run(options, command)
    })
}

import { Command, Option } from 'commander'
import { action, engineAction } from './action.ts'
import { examples } from './examples.ts'
import { collected, wholeNumber } from './numbers.ts'
import type { StartOptions } from './worker-actions.ts'
import type { QueueOptions } from './worker-queue.ts'

const WORKER = 'identifier of the worker, e.g. w-0123456789abcdef'
const actions = () => import('./worker-actions.ts')

export function workerCommand(): Command {
  const worker = new Command('worker').description('Workers: processes that run workflows and tasks written as code')
  addStart(worker)
  worker
    .command('list')
    .description('Workers that are connected')
    .addHelpText('after', examples('weir worker list', 'weir worker list --project mice -o json'))
    .action(engineAction(async (session) => (await actions()).list(session)))
  worker
    .command('inspect')
    .description('A worker and what it runs')
    .argument('<worker>', WORKER)
    .addHelpText('after', examples('weir worker inspect w-0123456789abcdef'))
    .action(engineAction(async (session, _, id) => (await actions()).inspect(session, id)))
  worker
    .command('drain')
    .description('Let a worker finish what it runs and leave')
    .argument('<worker>', WORKER)
    .addHelpText('after', examples('weir worker drain w-0123456789abcdef'))
    .action(engineAction(async (session, _, id) => (await actions()).drain(session, id)))
  worker
    .command('stop')
    .description('End what a worker runs, which goes again elsewhere, and let it leave')
    .argument('<worker>', WORKER)
    .addHelpText('after', examples('weir worker stop w-0123456789abcdef'))
    .action(engineAction(async (session, _, id) => (await actions()).stop(session, id)))
  worker
    .command('queue')
    .description('Steps that could run and do not yet, and why: what goes first stands first')
    .option('-W, --workspace <workspace>', 'only what is to run in it')
    .option('--limit <n>', 'at most so many (100)', wholeNumber(1, 1000))
    .addHelpText('after', examples('weir worker queue', 'weir worker queue -W dev/ana --limit 20 -o json'))
    .action(
      engineAction<QueueOptions>(async (session, options) =>
        (await import('./worker-queue.ts')).queue(session, options),
      ),
    )
  return worker
}

function addStart(worker: Command): void {
  worker
    .command('start')
    .description('Host modules of code until it is interrupted; once more to end at once')
    .argument('<module-file...>', 'files such as digits.py or weather.ts, folders, or dotted names of Python modules')
    .option('-W, --workspace <workspace>', 'whose runs it takes', 'main')
    .addOption(new Option('--dev', 'load and register the modules anew at every save').conflicts('register'))
    .option('--register', 'release the modules as they are now')
    .option('--concurrency <n>', 'executions at once; as many as there are processors when absent', wholeNumber(1))
    .option('--tag <tag>', 'what it offers, e.g. gpu or region=eu; may be repeated', collected)
    .option('--name <name>', 'shown to people; the name of this machine when absent')
    .option('--python <program>', 'interpreter for modules in Python')
    .addHelpText(
      'after',
      examples(
        'weir worker start --dev digits.py',
        'weir worker start --register flows/weather.ts flows/digits.py --workspace production',
        'weir worker start digits.py --tag gpu --concurrency 2',
      ),
    )
    .action(startAction)
}

/** Several modules come as one list: what `action` hands on are texts. */
async function startAction(modules: string[], options: StartOptions, command: Command): Promise<void> {
  const run = action<StartOptions>(async (context, given) => (await actions()).start(context, given, modules))
  await run(options, command)
}

import { Command, Option } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import { collected, durationOption, momentOption, wholeNumber } from './numbers.ts'
import type { ApproveOptions } from './run-approve.ts'
import type { LogsOptions } from './run-logs.ts'
import type { CancelOptions, ListOptions } from './run-show.ts'
import type { RerunOptions, StartOptions, WaitOptions } from './run-start.ts'

const RUN = 'identifier of the run'
const timeoutOption = (): Option =>
  new Option('--timeout <duration>', 'stop waiting after e.g. 10m (exit code 8); the run goes on').argParser(
    durationOption,
  )

export function runCommand(): Command {
  const run = new Command('run').description('Start runs, watch them, look into them')
  addStart(run)
  addWatch(run)
  addList(run)
  addInspect(run)
  addLogs(run)
  addRerun(run)
  addApprove(run)
  addEnding(run)
  return run
}

function addStart(run: Command): void {
  run
    .command('start')
    .description('Start a run of a workflow, or of a definition file, which is saved first')
    .argument('<file-or-name>', 'a weir.yaml, a folder with one, - for stdin, or the name of a workflow')
    .option(
      '-p, --param <name=value>',
      'a parameter; a path for files and folders; name=@file reads JSON or a secret',
      collected,
    )
    .option('--params-file <file>', 'parameters from a JSON or YAML file')
    .option('--version <n>', 'an older version of the workflow', wholeNumber(1))
    .option('-W, --workspace <workspace>', 'workspace of the run (main)')
    .option('--priority <n>', 'higher goes first', wholeNumber(-100, 100))
    .option('--keep <run>', 'take over what succeeded in this run, as far as neither step nor input has changed')
    .option('-w, --wait', 'show progress until the run has ended; the exit code tells how')
    .option('-f, --follow', 'like --wait, but print the output of the steps')
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      examples(
        'weir run start weir.yaml --wait',
        'weir run start seattle-weather --param year=2014 --param data=./weather.csv',
        'weir run start ./pipelines/digits --params-file night.yaml --follow',
        'weir run start seattle-weather --wait -o json > run.json',
      ),
    )
    .action(
      engineAction<StartOptions>(async (session, options, what) =>
        (await import('./run-start.ts')).start(session, options, what),
      ),
    )
}

function addWatch(run: Command): void {
  run
    .command('watch')
    .description('Show the progress of a run until it has ended')
    .argument('<run>', RUN)
    .option('-f, --follow', 'print the output of the steps instead')
    .addOption(timeoutOption())
    .addHelpText('after', examples('weir run watch k3m9abcd', 'weir run watch k3m9abcd -o json > run.json'))
    .action(
      engineAction<WaitOptions>(async (session, options, id) =>
        (await import('./run-start.ts')).watch(session, options, id),
      ),
    )
}

function addList(run: Command): void {
  run
    .command('list')
    .description('Runs, newest first')
    .option('--status <status>', 'only these, separated by commas, e.g. failed,cancelled')
    .option('--workflow <name>', 'only runs of this workflow')
    .option('-W, --workspace <workspace>', 'only runs that were started, or run again, in this workspace')
    .option('--trigger <trigger>', 'only these, separated by commas: manual, parent, rerun')
    .option('--search <text>', 'part of the name of the workflow, or the beginning of the run')
    .option('--since <when>', 'created since: a date, a time, or how long ago', (text) => momentOption(text))
    .option('--until <when>', 'created before', (text) => momentOption(text))
    .option('--limit <n>', 'at most so many (20)', wholeNumber(1))
    .addHelpText(
      'after',
      examples(
        'weir run list',
        'weir run list --status running,waiting',
        'weir run list --search weather --since 24h --trigger manual',
        'weir run list --workflow seattle-weather --limit 100 -o json',
      ),
    )
    .action(
      engineAction<ListOptions>(async (session, options) => (await import('./run-show.ts')).list(session, options)),
    )
}

function addInspect(run: Command): void {
  run
    .command('inspect')
    .description('A run with its steps and executions')
    .argument('<run>', RUN)
    .addHelpText(
      'after',
      examples('weir run inspect k3m9abcd', "weir run inspect k3m9abcd -o json | jq '.steps[] | {name, status}'"),
    )
    .action(engineAction(async (session, _options, id) => (await import('./run-show.ts')).inspect(session, id)))
  run
    .command('workflow')
    .description('The definition that a run is pinned to, also when it was deleted since')
    .argument('<run>', RUN)
    .addHelpText('after', examples('weir run workflow k3m9abcd', 'weir run workflow k3m9abcd > weir.yaml'))
    .action(engineAction(async (session, _options, id) => (await import('./run-show.ts')).workflowOf(session, id)))
  run
    .command('result')
    .description('The outputs of a run that has ended, or why there are none')
    .argument('<run>', RUN)
    .addHelpText('after', examples('weir run result k3m9abcd', 'weir run result k3m9abcd -o json | jq .outputs.slope'))
    .action(engineAction(async (session, _options, id) => (await import('./run-show.ts')).result(session, id)))
  run
    .command('why')
    .description('Why a run or a step is not running, or ended as it did, in words')
    .argument('<run>', RUN)
    .option('--step <step>', 'one step, or an item such as stats[3]')
    .addHelpText('after', examples('weir run why k3m9abcd', 'weir run why k3m9abcd --step fit'))
    .action(
      engineAction<{ step?: string }>(async (session, options, id) =>
        (await import('./run-why.ts')).why(session, options, id),
      ),
    )
}

function addLogs(run: Command): void {
  run
    .command('logs')
    .description('What the steps of a run have written')
    .argument('<run>', RUN)
    .option('--step <step>', 'one step, or an item such as stats[3]; all when absent')
    .option('--attempt <n>', 'one attempt; all when absent', wholeNumber(1))
    .addOption(new Option('--stream <stream>', 'one stream').choices(['stdout', 'stderr', 'system', 'log']))
    .option('--tail <n>', 'only the last lines', wholeNumber(0, 100_000))
    .option('-t, --timestamps', 'print when each line came')
    .option('-f, --follow', 'go on with new lines until the run has ended')
    .addHelpText(
      'after',
      examples(
        'weir run logs k3m9abcd',
        'weir run logs k3m9abcd --step fit --stream stderr --tail 50',
        'weir run logs k3m9abcd --follow',
      ),
    )
    .action(
      engineAction<LogsOptions>(async (session, options, id) =>
        (await import('./run-logs.ts')).logs(session, options, id),
      ),
    )
}

function addRerun(run: Command): void {
  run
    .command('rerun')
    .description('Run steps again, in the same run; what depends on them follows')
    .argument('<run>', RUN)
    .option(
      '--from <what>',
      'failed: what did not succeed; start: everything; or a step or item such as stats[3]',
      'failed',
    )
    .option('-W, --workspace <workspace>', 'where: in the workspace in which they ran last, or one below it')
    .option('-w, --wait', 'show progress until the run has ended')
    .option('-f, --follow', 'like --wait, but print the output of the steps')
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      examples(
        'weir run rerun k3m9abcd',
        'weir run rerun k3m9abcd --from fit --wait',
        'weir run rerun k3m9abcd --from fit --workspace dev/ana',
      ),
    )
    .action(
      engineAction<RerunOptions>(async (session, options, id) =>
        (await import('./run-start.ts')).rerun(session, options, id),
      ),
    )
}

function addApprove(run: Command): void {
  run
    .command('approve')
    .description('Answer what a step asks of a person')
    .argument('<run>', RUN)
    .argument('[step]', 'the step; the one that waits when absent')
    .option('-a, --answer <name=value>', 'a field of its form; asked for in a terminal when absent', collected)
    .option('--reject', 'refuse: the step fails')
    .option('--comment <text>', 'why')
    .addHelpText(
      'after',
      examples(
        'weir run approve k3m9abcd',
        'weir run approve k3m9abcd review --answer threshold=0.5 --comment "looks right"',
        'weir run approve k3m9abcd review --reject',
      ),
    )
    .action(
      engineAction<ApproveOptions>(async (session, options, id, step) =>
        (await import('./run-approve.ts')).approve(session, options, id, step),
      ),
    )
}

function addEnding(run: Command): void {
  run
    .command('cancel')
    .description('Cancel a run, its children and what they run; or one step of it')
    .argument('<run>', RUN)
    .option('--step <step>', 'only this step with what it called, an item such as stats[3], or all calls of a function')
    .option('--reason <text>', 'kept with the run')
    .option('-w, --wait', 'return when it has ended')
    .addHelpText(
      'after',
      examples(
        'weir run cancel k3m9abcd',
        'weir run cancel k3m9abcd --reason "wrong input" --wait',
        "weir run cancel k3m9abcd --step 'train[3]'",
      ),
    )
    .action(
      engineAction<CancelOptions>(async (session, options, id) =>
        (await import('./run-show.ts')).cancel(session, options, id),
      ),
    )
  run
    .command('delete')
    .description('Delete a run that has ended, its logs and the files that nothing else uses')
    .argument('<run>', RUN)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('weir run delete k3m9abcd --yes'))
    .action(
      engineAction<{ yes?: boolean }>(async (session, options, id) =>
        (await import('./run-show.ts')).remove(session, options, id),
      ),
    )
}

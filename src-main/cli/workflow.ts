import { Command } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './numbers.ts'

const FILE_HELP = 'a weir.yaml, a folder with one, or - for stdin'

export function workflowCommand(): Command {
  const workflow = new Command('workflow').description('Define workflows: check, save, look at, delete')
  workflow
    .command('validate')
    .description('Check a definition without saving it')
    .argument('<file>', FILE_HELP)
    .addHelpText('after', examples('weir workflow validate weir.yaml', 'cat weir.yaml | weir workflow validate -'))
    .action(
      engineAction(async (session, _options, file) => (await import('./workflow-actions.ts')).validate(session, file)),
    )
  workflow
    .command('apply')
    .description('Save a definition and its files as the newest version')
    .argument('<file>', FILE_HELP)
    .option('--base <n>', 'refuse when the newest version is another one; 0: when there is any', wholeNumber(0))
    .addHelpText('after', examples('weir workflow apply weir.yaml', 'weir workflow apply ./pipelines/digits --base 3'))
    .action(
      engineAction<{ base?: number }>(async (session, options, file) =>
        (await import('./workflow-actions.ts')).apply(session, options, file),
      ),
    )
  workflow
    .command('list')
    .description('The workflows of the project')
    .option('--search <text>', 'only those whose name holds the text')
    .option('-W, --workspace <workspace>', 'of those made from code, what this workspace sees')
    .option('--limit <n>', 'at most so many', wholeNumber(1))
    .addHelpText('after', examples('weir workflow list', 'weir workflow list --search weather -o json'))
    .action(
      engineAction<{ search?: string; workspace?: string; limit?: number }>(async (session, options) =>
        (await import('./workflow-actions.ts')).list(session, options),
      ),
    )
  addReading(workflow)
  addDeletion(workflow)
  return workflow
}

function addReading(workflow: Command): void {
  workflow
    .command('inspect')
    .description('One workflow: parameters, steps, files, source')
    .argument('<name>', 'name of the workflow')
    .option('--version <n>', 'an older version', wholeNumber(1))
    .option('-W, --workspace <workspace>', 'of one made from code, the version that this workspace sees')
    .addHelpText(
      'after',
      examples('weir workflow inspect seattle-weather', 'weir workflow inspect seattle-weather --version 2 -o yaml'),
    )
    .action(
      engineAction<{ version?: number; workspace?: string }>(async (session, options, name) =>
        (await import('./workflow-actions.ts')).inspect(session, options, name),
      ),
    )
  workflow
    .command('export')
    .description('Write a workflow and its files into a folder, to edit or to keep in Git')
    .argument('<name>', 'name of the workflow')
    .option('--dir <dir>', 'the folder (named like the workflow when absent)')
    .option('--version <n>', 'an older version', wholeNumber(1))
    .option('--force', 'write over files that are there already')
    .addHelpText(
      'after',
      examples('weir workflow export seattle-weather', 'weir workflow export seattle-weather --dir ~/git/weather'),
    )
    .action(
      engineAction<{ dir?: string; version?: number; force?: boolean }>(async (session, options, name) =>
        (await import('./workflow-actions.ts')).exportTo(session, options, name),
      ),
    )
}

function addDeletion(workflow: Command): void {
  workflow
    .command('delete')
    .description('Delete a workflow; its runs stay')
    .argument('<name>', 'name of the workflow')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('weir workflow delete old-pipeline', 'weir workflow delete old-pipeline --yes'))
    .action(
      engineAction<{ yes?: boolean }>(async (session, options, name) =>
        (await import('./workflow-actions.ts')).remove(session, options, name),
      ),
    )
}

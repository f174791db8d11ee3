import { Command } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './numbers.ts'

const actions = () => import('./module-actions.ts')

interface Within {
  readonly workspace: string
}

/** The option of commands that look from a workspace. */
const withWorkspace = (command: Command): Command =>
  command.option('-W, --workspace <workspace>', 'what this workspace sees', 'main')

export function moduleCommand(): Command {
  const module = new Command('module').description('Modules of code, as workers have registered them')
  withWorkspace(module.command('list'))
    .description('The modules that a workspace sees, each in its newest version')
    .addHelpText('after', examples('weir module list', 'weir module list --workspace dev/ana -o json'))
    .action(engineAction<Within>(async (session, options) => (await actions()).listModules(session, options)))
  module
    .command('versions')
    .description('All versions of a module, newest first')
    .argument('<module>', 'name of the module, e.g. digits or flows.weather')
    .option('--limit <n>', 'at most so many', wholeNumber(1))
    .addHelpText('after', examples('weir module versions digits', 'weir module versions flows.weather -o json'))
    .action(
      engineAction<{ limit?: number }>(async (session, options, name) =>
        (await actions()).versions(session, options, name),
      ),
    )
  return module
}

export function targetCommand(): Command {
  const target = new Command('target').description('Functions of modules: workflows that are run, tasks that they call')
  withWorkspace(target.command('list'))
    .description('The targets that a workspace sees')
    .option('--search <text>', 'only those whose path or description holds the words')
    .option('--module <module>', 'only those of this module')
    .option('--limit <n>', 'at most so many', wholeNumber(1))
    .addHelpText('after', examples('weir target list', 'weir target list --module digits --search train'))
    .action(
      engineAction<Within & { search?: string; module?: string; limit?: number }>(async (session, options) =>
        (await actions()).listTargets(session, options),
      ),
    )
  withWorkspace(target.command('inspect'))
    .description('One target: what it does, its parameters and options')
    .argument('<target>', 'module and target, e.g. digits/train')
    .option('--version <n>', 'an older version of its module', wholeNumber(1))
    .addHelpText(
      'after',
      examples('weir target inspect digits/train', 'weir target inspect digits/train --version 3 -o yaml'),
    )
    .action(
      engineAction<Within & { version?: number }>(async (session, options, path) =>
        (await actions()).inspectTarget(session, options, path),
      ),
    )
  return target
}

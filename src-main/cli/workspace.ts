import { Command } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'

const WORKSPACE = 'name of the workspace'
const actions = () => import('./workspace-actions.ts')

export function workspaceCommand(): Command {
  const workspace = new Command('workspace').description(
    'Workspaces of a project: a tree in which those below use the results of those above',
  )
  workspace
    .command('list')
    .description('The workspaces of the project, as a tree')
    .option('--archived', 'also those that are archived')
    .addHelpText('after', examples('weir workspace list', 'weir workspace list --archived -o json'))
    .action(engineAction<{ archived?: boolean }>(async (session, options) => (await actions()).list(session, options)))
  workspace
    .command('create')
    .description('Make a workspace')
    .argument('<new-name>', 'lower-case letters, digits, ".", "_", "-", and "/" between parts')
    .option('--base <workspace>', 'the one whose results it uses', 'main')
    .addHelpText('after', examples('weir workspace create dev', 'weir workspace create dev/ana --base dev'))
    .action(
      engineAction<{ base: string }>(async (session, options, name) =>
        (await actions()).create(session, options, name),
      ),
    )
  workspace
    .command('inspect')
    .description('A workspace')
    .argument('<workspace>', WORKSPACE)
    .addHelpText('after', examples('weir workspace inspect dev/ana', 'weir workspace inspect dev/ana -o json'))
    .action(engineAction(async (session, _, name) => (await actions()).inspect(session, name)))
  addChanges(workspace)
  addStates(workspace)
  return workspace
}

function addChanges(workspace: Command): void {
  workspace
    .command('rename')
    .description('Give a workspace another name; its runs and results go along')
    .argument('<workspace>', WORKSPACE)
    .argument('<new-name>', 'what it is called from now on')
    .addHelpText('after', examples('weir workspace rename dev/ana ana'))
    .action(engineAction(async (session, _, name, to) => (await actions()).rename(session, name, to)))
  workspace
    .command('rebase')
    .description('Let a workspace use the results of another one from now on')
    .argument('<workspace>', WORKSPACE)
    .argument('<base>', 'the one whose results it uses; not one below it')
    .addHelpText('after', examples('weir workspace rebase dev/ana production'))
    .action(engineAction(async (session, _, name, base) => (await actions()).rebase(session, name, base)))
  workspace
    .command('delete')
    .description('Delete a workspace that has no runs')
    .argument('<workspace>', WORKSPACE)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('weir workspace delete dev/ana', 'weir workspace delete dev/ana --yes'))
    .action(
      engineAction<{ yes?: boolean }>(async (session, options, name) =>
        (await actions()).remove(session, options, name),
      ),
    )
}

function addStates(workspace: Command): void {
  for (const [name, about] of [
    ['pause', 'Start nothing more in a workspace; what runs goes on to its end'],
    ['unpause', 'Go on with a workspace that was paused'],
    ['archive', 'Put a workspace aside: no new runs and re-runs in it'],
    ['unarchive', 'Take a workspace back into use'],
  ] as const) {
    workspace
      .command(name)
      .description(about)
      .argument('<workspace>', WORKSPACE)
      .addHelpText('after', examples(`weir workspace ${name} dev/ana`))
      .action(engineAction(async (session, _, which) => (await actions())[name](session, which)))
  }
}

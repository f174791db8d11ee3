import { Command, Option } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import type { ExportOptions, ImportOptions } from './project-transfer.ts'

const PROJECT = 'name of the project'

export function projectCommand(): Command {
  const project = new Command('project').description('Projects: bodies of data that know nothing of each other')
  project
    .command('list')
    .description('The projects of this engine')
    .option('--archived', 'also those that are archived')
    .addHelpText('after', examples('weir project list', 'weir project list --archived -o json'))
    .action(
      engineAction<{ archived?: boolean }>(async (session, options) =>
        (await import('./project-actions.ts')).list(session, options),
      ),
    )
  project
    .command('create')
    .description('Make a project')
    .argument('<new-name>', 'lower-case letters, digits, ".", "_", "-"')
    .option('--description <text>', 'what it is for')
    .addHelpText(
      'after',
      examples('weir project create mice', "weir project create mice --description 'Imaging of the spring cohort'"),
    )
    .action(
      engineAction<{ description?: string }>(async (session, options, name) =>
        (await import('./project-actions.ts')).create(session, options, name),
      ),
    )
  project
    .command('inspect')
    .description('A project')
    .argument('<project>', PROJECT)
    .addHelpText('after', examples('weir project inspect mice', 'weir project inspect mice -o json'))
    .action(engineAction(async (session, _, name) => (await import('./project-actions.ts')).inspect(session, name)))
  addChanges(project)
  addTransfers(project)
  return project
}

function addChanges(project: Command): void {
  project
    .command('rename')
    .description('Give a project another name; none of its runs may be active')
    .argument('<project>', PROJECT)
    .argument('<new-name>', 'what it is called from now on')
    .addHelpText('after', examples('weir project rename mice mice-2026'))
    .action(
      engineAction(async (session, _, name, to) => (await import('./project-actions.ts')).rename(session, name, to)),
    )
  project
    .command('describe')
    .description('Say what a project is for')
    .argument('<project>', PROJECT)
    .argument('<text>', 'a sentence; empty to take it away')
    .addHelpText('after', examples("weir project describe mice 'Imaging of the spring cohort'"))
    .action(
      engineAction(async (session, _, name, text) =>
        (await import('./project-actions.ts')).describe(session, name, text),
      ),
    )
  for (const [name, about] of [
    ['archive', 'Put a project aside: it can be read, and nothing in it can be changed or started'],
    ['unarchive', 'Take a project back into use'],
  ] as const) {
    project
      .command(name)
      .description(about)
      .argument('<project>', PROJECT)
      .addHelpText('after', examples(`weir project ${name} mice`))
      .action(
        engineAction(async (session, _, which) =>
          (await import('./project-actions.ts')).setArchived(session, which, name === 'archive'),
        ),
      )
  }
  project
    .command('delete')
    .description('Delete a project with all its workflows, runs, logs and files')
    .argument('<project>', PROJECT)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('weir project delete mice', 'weir project delete mice --yes'))
    .action(
      engineAction<{ yes?: boolean }>(async (session, options, name) =>
        (await import('./project-actions.ts')).remove(session, options, name),
      ),
    )
}

function addTransfers(project: Command): void {
  project
    .command('export')
    .description('Write a project into one file: definitions, drafts, ended runs, logs and files, without secrets')
    .argument('<project>', PROJECT)
    .argument('<file>', 'e.g. mice.weir.tar.gz; - for standard output')
    .addOption(
      new Option('--active <what>', 'runs that have not ended: refuse the export, or leave them out of it')
        .choices(['refuse', 'leave-out'])
        .default('refuse'),
    )
    .option('-f, --force', 'write over a file that is there')
    .addHelpText(
      'after',
      examples(
        'weir project export mice mice.weir.tar.gz',
        'weir project export mice - --active leave-out | ssh lab weir project import -',
      ),
    )
    .action(
      engineAction<ExportOptions>(async (session, options, name, file) =>
        (await import('./project-transfer.ts')).exportProject(session, options, name, file),
      ),
    )
  project
    .command('import')
    .description('Make a project of a file that "weir project export" has written')
    .argument('<file>', 'e.g. mice.weir.tar.gz; - for standard input')
    .option('--name <name>', 'instead of the name that it had')
    .option('--trusted', 'also a file that unpacks to far more than compressed data usually does')
    .addHelpText(
      'after',
      examples('weir project import mice.weir.tar.gz', 'weir project import mice.weir.tar.gz --name mice-2'),
    )
    .action(
      engineAction<ImportOptions>(async (session, options, file) =>
        (await import('./project-transfer.ts')).importProject(session, options, file),
      ),
    )
}

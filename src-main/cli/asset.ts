import { Command } from 'commander'
import { engineAction } from './action.ts'
import type { GetOptions } from './asset-actions.ts'
import { examples } from './examples.ts'

export function assetCommand(): Command {
  const asset = new Command('asset').description('Files that runs have made')
  asset
    .command('list')
    .description('Assets of a run')
    .argument('<run>', 'identifier of the run')
    .option('--step <step>', 'only those of one step')
    .addHelpText('after', examples('weir asset list k3m9abcd', 'weir asset list k3m9abcd --step report -o json'))
    .action(
      engineAction<{ step?: string }>(async (session, options, run) =>
        (await import('./asset-actions.ts')).list(session, options, run),
      ),
    )
  asset
    .command('get')
    .description('Download an asset, or all assets of a run; every file is checked against its digest')
    .argument('<run-or-asset>', 'a run, or an asset such as k3m9abcd:report:1:page')
    .option('--step <step>', 'only assets of this step')
    .option('--output <name>', 'only assets of this name: an output of a step')
    .option('--file <path>', 'only this file; its path inside the asset')
    .option('--dir <dir>', 'folder to write into', '.')
    .option('-O, --to <path>', 'write the one file to this path; - for stdout')
    .option('--force', 'write over files that are there already')
    .addHelpText(
      'after',
      examples(
        'weir asset get k3m9abcd --output page',
        'weir asset get k3m9abcd:report:1:page --dir results',
        'weir asset get k3m9abcd --output page --file report.html -O - | less',
      ),
    )
    .action(
      engineAction<GetOptions>(async (session, options, what) =>
        (await import('./asset-actions.ts')).get(session, options, what),
      ),
    )
  return asset
}

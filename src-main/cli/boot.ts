import { Command } from 'commander'
import { action } from './action.ts'
import type { UpOptions } from './boot-actions.ts'
import { examples } from './examples.ts'

export function bootCommand(): Command {
  const boot = new Command('boot').description('Start and stop the engine of this machine')
  boot
    .command('up')
    .description('Start the engine: in the foreground until Ctrl-C, or with --daemon in the background')
    .option('--daemon', 'start it in the background and return when it is well')
    .option('--listen <address>', 'address of the API: a port, or host:port (a free port on loopback when absent)')
    .addHelpText('after', examples('weir boot up --daemon', 'weir boot up --data ~/lab/weir --listen 127.0.0.1:7300'))
    .action(action<UpOptions>(async (context, options) => (await import('./boot-actions.ts')).up(context, options)))
  boot
    .command('down')
    .description('Stop the engine; steps that run go on and are adopted at the next start')
    .addHelpText('after', examples('weir boot down', 'weir boot down --data ~/lab/weir'))
    .action(action(async (context) => (await import('./boot-actions.ts')).down(context)))
  boot
    .command('status')
    .description('Whether the engine runs, where, and how it is')
    .addHelpText('after', examples('weir boot status', 'weir boot status -o json'))
    .action(action(async (context) => (await import('./boot-actions.ts')).status(context)))
  return boot
}

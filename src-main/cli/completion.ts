import { Argument, Command } from 'commander'
import { action } from './action.ts'
import { examples } from './examples.ts'

export function completionCommand(): Command {
  return new Command('completion')
    .description('Print a script that completes commands, options, workflows and runs in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'source <(weir completion bash)                                  in ~/.bashrc',
        'source <(weir completion zsh)                                   in ~/.zshrc, after compinit',
        'weir completion fish > ~/.config/fish/completions/weir.fish     once',
      ),
    )
    .action(
      action(async ({ output }, _options, shell) => {
        const { completionScripts } = await import('./completion-scripts.ts')
        output.write(completionScripts[shell] ?? '')
        return undefined
      }),
    )
}

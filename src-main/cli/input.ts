import { Command } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import type { InputAnswerOptions, InputListOptions } from './input-actions.ts'
import { collected, wholeNumber } from './numbers.ts'

const actions = () => import('./input-actions.ts')

export function inputCommand(): Command {
  const input = new Command('input').description('Questions that wait for a person, in all runs: approvals and inputs')
  input
    .command('list')
    .description('What waits for an answer, the longest wait first')
    .option('--run <run>', 'only of this run')
    .option('-W, --workspace <workspace>', 'only of runs that were started in this workspace')
    .option('--limit <n>', 'at most so many (100)', wholeNumber(1, 1000))
    .addHelpText('after', examples('weir input list', 'weir input list --run k3m9abcd -o json'))
    .action(engineAction<InputListOptions>(async (session, options) => (await actions()).list(session, options)))
  input
    .command('answer')
    .description('Answer a question')
    .argument('<run>', 'identifier of the run')
    .argument('[step]', 'the step that asks; the only one that waits when absent')
    .option('--value <json>', 'the whole answer as JSON')
    .option('-f, --field <name=value>', 'one field of the answer; asked for in a terminal when absent', collected)
    .option('--reject', 'refuse to answer: the step fails')
    .option('--comment <text>', 'kept with the answer')
    .addHelpText(
      'after',
      examples(
        "weir input answer k3m9abcd 'input[0]' --value 0.1",
        'weir input answer k3m9abcd --field rate=0.1 --field note="as last week"',
        'weir input answer k3m9abcd review --reject --comment "wrong data"',
      ),
    )
    .action(
      engineAction<InputAnswerOptions>(async (session, options, run, step) =>
        (await actions()).answer(session, options, run, step),
      ),
    )
  return input
}

import { Command, type CommanderError, Option } from 'commander'
import { assetCommand } from './asset.ts'
import { auditCommand } from './audit.ts'
import { bootCommand } from './boot.ts'
import { completionCommand } from './completion.ts'
import { consoleCommand } from './console.ts'
import { doctorCommand } from './doctor.ts'
import { draftCommand } from './draft.ts'
import { eventsCommand } from './events.ts'
import { exitCodesHelp, exitNumber } from './exit-codes.ts'
import { inputCommand } from './input.ts'
import { moduleCommand, targetCommand } from './module.ts'
import { formats } from './output.ts'
import { poolCommand } from './pool.ts'
import { projectCommand } from './project.ts'
import { runCommand } from './run.ts'
import { versionCommand } from './version.ts'
import { workerCommand } from './worker.ts'
import { workflowCommand } from './workflow.ts'
import { workspaceCommand } from './workspace.ts'

const environmentHelp = `Environment:
  WEIR_DATA    data folder of the engine, when --data is absent
  WEIR_ENGINE  address of the engine, when --engine is absent
  WEIR_TOKEN   token for --engine
  NO_COLOR     no colours`

/** The whole command line as a tree: parsed by `main`, read by completion. */
export function createProgram(): Command {
  const program = new Command('weir')
    .description('Weir runs workflows on this machine: durable, cached, explained.')
    .option('--engine <url>', 'use the engine at this address (token: WEIR_TOKEN)')
    .option('--data <dir>', 'use the engine of this data folder; started where none runs')
    .option('--project <name>', 'project to work in', 'default')
    .addOption(new Option('-o, --format <format>', 'how answers are printed').choices(formats).default('table'))
    .option('-q, --quiet', 'print only what was asked for: no notes, no progress; lists print names only', false)
    .addHelpText('after', `\n${exitCodesHelp()}\n\n${environmentHelp}\n\nHelp on a command: weir <command> --help`)
  const areas = [
    projectCommand(),
    workspaceCommand(),
    workflowCommand(),
    moduleCommand(),
    targetCommand(),
    draftCommand(),
    runCommand(),
    workerCommand(),
    poolCommand(),
    inputCommand(),
    assetCommand(),
    eventsCommand(),
    auditCommand(),
    bootCommand(),
    consoleCommand(),
    doctorCommand(),
    versionCommand(),
    completionCommand(),
  ]
  for (const area of areas) program.addCommand(area)
  // commander copies settings to commands that it creates itself, not to those that are added: set them everywhere.
  for (const command of everyCommand(program)) {
    command
      .configureHelp({ showGlobalOptions: command !== program })
      .showHelpAfterError(`${inspecting(command)}See: ${pathOf(command)} --help`)
      .exitOverride()
  }
  return program
}

/** People try `show` and `get`: what shows one thing is called `inspect` everywhere. */
function inspecting(command: Command): string {
  const [one] = command.commands.filter((sub) => sub.name() === 'inspect')
  return one === undefined ? '' : `To look at one: ${pathOf(one)} ${one.usage().replace('[options] ', '')}\n`
}

/** A command as it is typed: `weir run start`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** A command and all below it. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

/** What the program exits with after commander stopped it: help that was asked for is no error. */
export const exitOfCommander = (error: CommanderError): number => exitNumber(error.exitCode === 0 ? 'ok' : 'usage')

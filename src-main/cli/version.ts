import { Command } from 'commander'
import { version as cliVersion } from '../../package.json'
import { action } from './action.ts'
import { examples } from './examples.ts'

export function versionCommand(): Command {
  return new Command('version')
    .description('Version of this program; with --engine also of the engine that answers there')
    .addHelpText('after', examples('weir version', 'weir version --engine http://127.0.0.1:7300'))
    .action(
      action(async (context) => {
        const local = {
          version: cliVersion,
          node: process.versions.node,
          platform: `${process.platform}-${process.arch}`,
        }
        const engine = context.globals.engine === undefined ? null : await engineVersion(context)
        await context.output.result({ ...local, engine }, () =>
          [
            `weir ${local.version} (Node ${local.node}, ${local.platform})`,
            ...(engine === null ? [] : [`engine ${engine.version} (Node ${engine.node}, ${engine.platform})`]),
          ].join('\n'),
        )
        return undefined
      }),
    )
}

/** Asked for only with --engine: everything else of the contract would be loaded for it. */
async function engineVersion(context: Parameters<Parameters<typeof action>[0]>[0]) {
  const { connect } = await import('./connect.ts')
  const session = await connect(context)
  try {
    return await session.client.call(session.routes.engine.version, {})
  } finally {
    session.close()
  }
}

import type { Asset, AssetFile } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { checkedBody, download } from './download.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { allPages } from './pages.ts'
import { renderTable } from './table.ts'
import { formatBytes } from './times.ts'

export interface GetOptions {
  readonly step?: string
  readonly output?: string
  readonly file?: string
  readonly dir: string
  readonly to?: string
  readonly force?: boolean
}

/** More assets than any run has on a screen; a bound, so that a fan-out of millions does not fill memory. */
const MAX_ASSETS = 100_000

const assetsOf = async (session: Session, run: string, step: string | undefined) =>
  await allPages(MAX_ASSETS, (part) =>
    session.client.call(session.routes.assets.list, {
      params: { project: session.project },
      query: { ...part, run, ...(step === undefined ? {} : { step }) },
    }),
  )

export async function list(
  session: Session,
  options: { readonly step?: string },
  run: string,
): Promise<ExitName | undefined> {
  const { output } = session
  const page = await assetsOf(session, run, options.step)
  await output.result(page, () => {
    if (output.quiet) return page.items.map((asset) => asset.id).join('\n')
    if (page.items.length === 0) return ''
    return renderTable(
      [
        { title: 'ASSET' },
        { title: 'STEP' },
        { title: 'NAME' },
        { title: 'FILES', align: 'right' },
        { title: 'SIZE', align: 'right' },
        { title: 'FIRST FILE', flexible: true },
      ],
      page.items.map((asset) => [
        asset.id,
        asset.step,
        asset.name,
        String(asset.files.length),
        formatBytes(asset.size),
        asset.files[0]?.path ?? '',
      ]),
      output.width,
    )
  })
  if (page.items.length === 0)
    output.note(`The run ${run} has no assets${options.step === undefined ? '' : ` of ${options.step}`}.`)
  return undefined
}

export async function get(session: Session, options: GetOptions, what: string): Promise<ExitName | undefined> {
  const { output } = session
  const assets = (await chosenAssets(session, options, what)).map((asset) => ({
    asset,
    files: chosenFiles(asset, options.file),
  }))
  const files = assets.flatMap(({ asset, files }) => files.map((file) => ({ asset, file })))
  if (files.length === 0) throw nothingFound(options, what)
  if (options.to !== undefined && files.length > 1) {
    throw new CliError(
      'usage',
      'usage',
      `-O takes one file; ${files.length} were found.`,
      `Choose one with --file, e.g. --file ${files[0]?.file.path ?? ''}`,
    )
  }
  if (options.to === '-') {
    for (const { file } of files) await toStdout(session, file)
    return undefined
  }
  const several = assets.filter((each) => each.files.length > 0).length > 1
  const written: { asset: string; path: string; size: number; digest: string }[] = []
  for (const { asset, file } of files) {
    const dir = several ? `${options.dir}/${folderOf(asset)}` : options.dir
    const path = await download(session, file, dir, {
      force: options.force === true,
      ...(options.to === undefined ? {} : { to: options.to }),
    })
    written.push({ asset: asset.id, path, size: file.size, digest: file.digest })
  }
  await output.result({ files: written }, () =>
    written.map((file) => (output.quiet ? file.path : `${file.path}  ${formatBytes(file.size)}`)).join('\n'),
  )
  return undefined
}

/** Folder of an asset when several are written side by side: `report/page`, items as `stats[3]/table`. */
const folderOf = (asset: Asset): string => `${asset.step}/${asset.name}`

async function chosenAssets(session: Session, options: GetOptions, what: string): Promise<Asset[]> {
  const { client, routes, project } = session
  if (what.includes(':')) return [await client.call(routes.assets.get, { params: { project, asset: what } })]
  const { items } = await assetsOf(session, what, options.step)
  return newest(items.filter((asset) => options.output === undefined || asset.name === options.output))
}

/** Of several attempts at a step the last one counts. */
function newest(assets: readonly Asset[]): Asset[] {
  const last = new Map<string, Asset>()
  for (const asset of assets) {
    const name = `${asset.step}:${asset.name}`
    if ((last.get(name)?.attempt ?? 0) <= asset.attempt) last.set(name, asset)
  }
  return [...last.values()]
}

const chosenFiles = (asset: Asset, path: string | undefined): AssetFile[] =>
  path === undefined ? asset.files : asset.files.filter((file) => file.path === path || file.path.endsWith(`/${path}`))

function nothingFound(options: GetOptions, what: string): CliError {
  const wanted = [
    options.step && `step ${options.step}`,
    options.output && `output ${options.output}`,
    options.file && `file ${options.file}`,
  ].filter(Boolean)
  const run = what.split(':')[0] ?? what
  return new CliError(
    'notFound',
    'asset_not_found',
    `${what} has no asset${wanted.length > 0 ? ` with ${wanted.join(', ')}` : ''}.`,
    `See what there is with: weir asset list ${run}`,
  )
}

async function toStdout(session: Session, file: AssetFile): Promise<void> {
  for await (const chunk of checkedBody(session, file)) await session.output.raw(chunk)
}

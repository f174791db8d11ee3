import { EngineUnreachable, problemOf } from '../../src-shared/client/index.ts'
import { type Asset, type AssetFile, ProblemError } from '../../src-shared/contract/index.ts'
import { saveAs, saveFrom } from '../ui/save.ts'
import { say, sayFailed } from '../ui/say.ts'
import { addressOf } from './bytes.ts'
import { nameOf } from './kinds.ts'
import { viewBase } from './use-assets.ts'
import { MAX_ZIP_BYTES, MAX_ZIP_FILES, type Packed, zipOf } from './zip.ts'

export async function saveFile(asset: Asset, file: AssetFile): Promise<void> {
  try {
    saveFrom(`${addressOf(await viewBase(asset.id), file.path)}?download`, nameOf(file.path))
  } catch (error) {
    sayFailed(`${nameOf(file.path)} could not be saved`, error)
  }
}

/** All files of these assets in one zip, each under its step and the name of its output. */
export async function saveAll(name: string, assets: readonly Asset[]): Promise<void> {
  const bytes = assets.reduce((sum, asset) => sum + asset.size, 0)
  const files = assets.reduce((sum, asset) => sum + asset.files.length, 0)
  const [first] = assets
  if (bytes > MAX_ZIP_BYTES || files > MAX_ZIP_FILES) {
    const detail = 'These files are too many or too large for one zip.'
    const fix = `Save them in a terminal: weir asset get ${first?.run ?? ''} --dir results`
    return sayFailed('The files were not saved', new ProblemError('bad_request', detail, { fix }))
  }
  say('The files are being packed.')
  try {
    saveAs(`${name}.zip`, await zipOf(bodiesOf(assets)))
  } catch (error) {
    sayFailed('The files could not be saved', error)
  }
}

async function* bodiesOf(assets: readonly Asset[]): AsyncGenerator<Packed> {
  const several = assets.length > 1
  for (const asset of assets) {
    const base = await viewBase(asset.id)
    for (const { path } of asset.files) {
      const folder = `${asset.step}${asset.attempt > 1 ? `-attempt-${asset.attempt}` : ''}/${asset.name}/`
      yield { path: several ? folder + path : path, body: await bodyOf(addressOf(base, path)) }
    }
  }
}

async function bodyOf(address: string): Promise<Blob> {
  const response = await fetch(`${address}?download`)
  if (response.status >= 400) throw problemOf(response.status, await response.text(), location.origin)
  return response.blob().catch((error: unknown) => {
    throw new EngineUnreachable('ECONNRESET', 'A file came only in part.', error)
  })
}

import {
  type Asset,
  type AssetFile,
  type Page,
  ProblemError,
  RunId,
  StepKey,
} from '../../../src-shared/contract/index.ts'
import type { Bytes } from '../http/index.ts'
import { blobNotFound } from './blob-problems.ts'
import type { Blobs } from './blobs.ts'
import { mediaTypeOf } from './media-type.ts'

export interface AssetService {
  /** Stores a body; with `expected`, only a body of that digest. */
  putBlob(body: AsyncIterable<Uint8Array>, expected?: string): Promise<{ digest: string; size: number }>
  getBlob(digest: string): Promise<Bytes>
  /** Assets of a run, in the order in which they were made. A step's name stands for all items of its fan-out. */
  list(query: { run: string; step?: string; limit: number; cursor?: string }): Promise<Page<Asset>>
  get(id: string): Promise<Asset>
  getFile(id: string, path: string): Promise<Bytes>
  /** The body of a file that is known already. */
  bytesOf(file: AssetFile): Promise<Bytes>
}

export interface AssetServiceParts {
  readonly blobs: Blobs
  /** All assets of a run in a stable order, new ones last; null when there is no such run. */
  readonly assetsOf: (run: string) => Promise<readonly Asset[] | null>
}

export function createAssetService({ blobs, assetsOf }: AssetServiceParts): AssetService {
  const get = async (id: string): Promise<Asset> => {
    const run = runOfAsset(id)
    const assets = run === null ? null : await assetsOf(run)
    const asset = assets?.find((one) => one.id === id)
    if (asset === undefined) throw assetNotFound(id, run !== null && assets === null ? run : null)
    return asset
  }
  const bytesOf = (file: AssetFile): Promise<Bytes> => {
    const type = mediaTypeOf(file.path)
    return bodyOf(blobs, file.digest, {
      name: file.path.slice(file.path.lastIndexOf('/') + 1),
      ...(type === null ? {} : { type }),
    })
  }
  return {
    bytesOf,
    putBlob: (body, expected) => blobs.put(body, expected),
    getBlob: (digest) => bodyOf(blobs, digest, {}),
    get,
    list: async ({ run, step, limit, cursor }) => {
      const assets = await assetsOf(run)
      if (assets === null) {
        throw new ProblemError('run_not_found', `There is no run ${run} in this project.`, {
          field: 'query.run',
          fix: 'List the runs with: weir run list',
        })
      }
      const wanted =
        step === undefined ? assets : assets.filter((asset) => asset.step === step || nameOf(asset.step) === step)
      return pageOf(wanted, limit, cursor)
    },
    getFile: async (id, path) => {
      const asset = await get(id)
      const file = asset.files.find((one) => one.path === path)
      if (file === undefined) {
        throw new ProblemError('asset_not_found', `The asset ${id} has no file ${path}.`, {
          field: 'query.path',
          fix: `Its files are listed by: weir asset get ${id}`,
        })
      }
      return bytesOf(file)
    },
  }
}

async function bodyOf(blobs: Blobs, digest: string, about: { name?: string; type?: string }): Promise<Bytes> {
  const size = await blobs.stat(digest)
  if (size === null) throw blobNotFound(digest)
  return { ...about, body: blobs.open(digest), size, etag: digest }
}

/** `stats` of `stats[3]` */
const nameOf = (step: string): string => step.replace(/\[\d+\]$/, '')

/** Number of parts of an identifier `run:step:attempt:output` */
const ID_PARTS = 4

/** The run in an asset's identifier; null when it is none. */
function runOfAsset(id: string): string | null {
  const [run, step, attempt, output, ...more] = id.split(':')
  if (more.length > 0 || id.split(':').length < ID_PARTS || output === '') return null
  if (!RunId.safeParse(run).success || !StepKey.safeParse(step).success || !/^[1-9]\d*$/.test(attempt ?? ''))
    return null
  return run ?? null
}

function assetNotFound(id: string, absentRun: string | null): ProblemError {
  const detail =
    absentRun === null ? `There is no asset ${id}.` : `There is no asset ${id}: this project has no run ${absentRun}.`
  return new ProblemError('asset_not_found', detail, {
    field: 'params.asset',
    fix: 'Identifiers look like k3m9p2qa:stats:1:table. List them with: weir asset list RUN',
  })
}

/** The cursor is the identifier of the last asset of the page before: it stays right while a run makes more assets. */
function pageOf(assets: readonly Asset[], limit: number, cursor: string | undefined): Page<Asset> {
  const last = cursor === undefined ? -1 : assets.findIndex((asset) => asset.id === cursor)
  if (cursor !== undefined && last === -1) {
    throw new ProblemError('bad_request', 'The cursor is not one of this list.', {
      field: 'query.cursor',
      fix: 'Hand in `next` of the page before, with the same run and step; or start without a cursor.',
    })
  }
  const items = assets.slice(last + 1, last + 1 + limit)
  const more = last + 1 + limit < assets.length
  return { items, next: more ? (items.at(-1)?.id ?? null) : null }
}

import { z } from 'zod'
import { Digest, PageQuery, page, RunId, StepKey, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'

/** One file of an asset. `path` is relative, with forward slashes, and never leaves its folder. */
export const AssetFile = z.object({
  path: z.string(),
  digest: Digest,
  size: z.int().min(0).describe('Bytes'),
  executable: z.boolean().optional(),
})
export type AssetFile = z.infer<typeof AssetFile>

/**
 * A collection of files as it travels through expressions, parameters and results: plain JSON, so that
 * `steps.split.outputs.parts.files[0].path` just works. The bodies are blobs.
 */
export const AssetValue = z.object({
  kind: z.literal('asset'),
  name: z.string().describe('Name of the output or parameter that it came from'),
  files: z.array(AssetFile),
})
export type AssetValue = z.infer<typeof AssetValue>

export const isAsset = (value: unknown): value is AssetValue => AssetValue.safeParse(value).success

/** An asset with the place where it was made. Its identifier is `run:step:attempt:output`. */
export const Asset = AssetValue.extend({
  id: z.string(),
  run: RunId,
  step: StepKey,
  attempt: z.int(),
  size: z.int().describe('Bytes of all files'),
})
export type Asset = z.infer<typeof Asset>

const AssetParams = ProjectParams.extend({ asset: z.string().max(300) })

export const assetRoutes = {
  putBlob: route({
    id: 'assets.putBlob',
    method: 'POST',
    path: '/api/v1/projects/{project}/blobs',
    permission: 'OBJECT',
    change: true,
    summary: 'Store a file body; answers its digest. The same body is stored once',
    params: ProjectParams,
    query: z.object({ digest: Digest.optional().describe('Refuse the body when its SHA-256 is another') }),
    body: 'bytes',
    response: z.object({ digest: Digest, size: z.int() }),
    status: 201,
    problems: ['blob_digest_mismatch', 'disk_full'],
  }),
  getBlob: route({
    id: 'assets.getBlob',
    method: 'GET',
    path: '/api/v1/projects/{project}/blobs/{digest}',
    permission: 'OBJECT',
    change: false,
    summary: 'A file body by its digest, verified while it is read',
    params: ProjectParams.extend({ digest: Digest }),
    response: 'bytes',
    problems: ['blob_not_found', 'blob_corrupt'],
  }),
  list: route({
    id: 'assets.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/assets',
    permission: 'OBJECT',
    change: false,
    summary: 'Assets of a run',
    params: ProjectParams,
    query: PageQuery.extend({ run: RunId, step: z.string().optional() }),
    response: page(Asset),
    problems: ['run_not_found'],
  }),
  get: route({
    id: 'assets.get',
    method: 'GET',
    path: '/api/v1/projects/{project}/assets/{asset}',
    permission: 'OBJECT',
    change: false,
    summary: 'One asset and its files',
    params: AssetParams,
    response: Asset,
    problems: ['asset_not_found'],
  }),
  getFile: route({
    id: 'assets.getFile',
    method: 'GET',
    path: '/api/v1/projects/{project}/assets/{asset}/file',
    permission: 'OBJECT',
    change: false,
    summary: 'The body of one file of an asset, verified while it is read',
    params: AssetParams,
    query: z.object({ path: z.string().max(4096) }),
    response: 'bytes',
    problems: ['asset_not_found', 'blob_not_found', 'blob_corrupt'],
  }),
  createView: route({
    id: 'assets.createView',
    method: 'POST',
    path: '/api/v1/projects/{project}/assets/{asset}/views',
    permission: 'OBJECT',
    change: false,
    summary:
      'Make an address under which a browser can show or save the files of an asset for a while, without a token',
    params: AssetParams,
    response: z.object({
      base: z.string().describe('Path that ends in a slash: append the path of a file, and ?download to save it'),
      expiresAt: Time,
    }),
    status: 201,
    problems: ['asset_not_found'],
  }),
  view: route({
    id: 'assets.view',
    method: 'GET',
    path: '/api/v1/views/{ticket}/{path*}',
    permission: 'PUBLIC',
    change: false,
    summary: 'A file of an asset for a browser: sandboxed, without network, whatever scripts it holds',
    params: z.object({ ticket: z.string().max(64), path: z.string().max(4096) }),
    query: z.object({ download: z.string().optional() }),
    response: 'bytes',
    problems: ['asset_not_found', 'blob_not_found', 'blob_corrupt'],
  }),
} as const

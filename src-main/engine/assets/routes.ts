import { type assetRoutes, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Bytes, Handlers } from '../http/index.ts'
import { mediaTypeOf } from './media-type.ts'
import type { AssetService } from './service.ts'
import { frameOf, needsFrame, viewed } from './view-policy.ts'
import { createViews, type Views } from './views.ts'

type ServiceOf = (project: string) => Promise<AssetService>

/** @param serviceOf the service of a project; refuses with project_not_found */
export function assetHandlers(serviceOf: ServiceOf, views = createViews()): Handlers<typeof assetRoutes> {
  return {
    putBlob: async ({ params, query, body }) => (await serviceOf(params.project)).putBlob(body, query.digest),
    getBlob: async ({ params }) => (await serviceOf(params.project)).getBlob(params.digest),
    list: async ({ params, query: { run, step, limit, cursor } }) =>
      (await serviceOf(params.project)).list({
        run,
        limit,
        ...(step === undefined ? {} : { step }),
        ...(cursor === undefined ? {} : { cursor }),
      }),
    get: async ({ params }) => (await serviceOf(params.project)).get(params.asset),
    getFile: async ({ params, query }) => (await serviceOf(params.project)).getFile(params.asset, query.path),
    createView: async ({ params }) => {
      const asset = await (await serviceOf(params.project)).get(params.asset)
      const { ticket, expiresAt } = views.make(params.project, asset)
      return { base: `/api/v1/views/${ticket}/`, expiresAt: new Date(expiresAt).toISOString() }
    },
    view: ({ params, query }, { destination }) =>
      answerView(views, serviceOf, params, { download: query.download !== undefined, destination }),
  }
}

async function answerView(
  views: Views,
  serviceOf: ServiceOf,
  { ticket, path }: { readonly ticket: string; readonly path: string },
  wish: { readonly download: boolean; readonly destination: string | undefined },
): Promise<Bytes> {
  const { project, files } = views.find(ticket)
  const file = files.get(path)
  if (file === undefined) {
    throw new ProblemError('asset_not_found', `This asset has no file ${path}.`, {
      field: 'params.path',
      fix: 'Check the name; small and capital letters differ.',
    })
  }
  if (wish.destination === 'document' && !wish.download && needsFrame(mediaTypeOf(path))) {
    return frameOf(path.slice(path.lastIndexOf('/') + 1))
  }
  return viewed(await (await serviceOf(project)).bytesOf(file), wish)
}

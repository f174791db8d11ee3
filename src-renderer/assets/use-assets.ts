import { assetRoutes } from '../../src-shared/contract/index.ts'
import { call, PROJECT, useAsk } from '../api/index.ts'

/** An address works for 15 minutes after its last use: it is made anew well before. */
const VIEW_MS = 10 * 60_000

/** Under which the files of an asset are served for a while: sandboxed, without a token in the address. */
export const useViewBase = (asset: string) =>
  useAsk(
    assetRoutes.createView,
    { params: { project: PROJECT, asset } },
    { staleTime: VIEW_MS, refetchInterval: VIEW_MS },
  )

/** A fresh address, for saving. */
export const viewBase = async (asset: string): Promise<string> =>
  (await call(assetRoutes.createView, { params: { project: PROJECT, asset } })).base

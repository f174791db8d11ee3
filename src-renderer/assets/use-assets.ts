import { useQuery } from '@tanstack/react-query'
import { type Asset, assetRoutes, type RunEvent } from '../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, useAsk, useLiveRefresh } from '../api/index.ts'

/** Assets that are asked for at once; all pages are read. */
const PAGE = 500
/** An address works for 15 minutes after its last use: it is made anew well before. */
const VIEW_MS = 10 * 60_000

/** All assets of a run, or of one of its steps; renewed while the run makes more. */
export function useAssets(run: string, step?: string) {
  useLiveRefresh(
    [assetRoutes.list],
    (event: RunEvent) => event.run === run && /^(execution|step|run)\.(finished|succeeded|cached)/.test(event.type),
  )
  return useQuery<Asset[]>({
    queryKey: keyOf(assetRoutes.list, { run, step: step ?? null }),
    queryFn: async ({ signal }) => {
      const all: Asset[] = []
      let cursor: string | undefined
      do {
        const query = {
          run,
          limit: PAGE,
          ...(step === undefined ? {} : { step }),
          ...(cursor === undefined ? {} : { cursor }),
        }
        const page = await call(assetRoutes.list, { params: { project: PROJECT }, query }, { signal })
        all.push(...page.items)
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
      return all
    },
  })
}

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

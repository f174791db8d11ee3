import { Badge, Button } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useInfiniteQuery } from '@tanstack/react-query'
import { workflowRoutes } from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT } from '../../api/index.ts'
import { Copyable } from '../../ui/Copy.tsx'
import { Failed, Loading } from '../../ui/Notes.tsx'
import { RelativeTime } from '../../ui/Time.tsx'
import { openStartRun } from '../start-run/index.ts'
import classes from './list.module.css'

const PAGE = 50
const SHOWN_DIGEST = 12

interface VersionsProps {
  readonly workflow: string
  readonly onOpen: (version: number) => void
  readonly onStarted: (run: string) => void
}

/** Shows all versions of a workflow. */
export function openVersions({ workflow, onOpen, onStarted }: VersionsProps): void {
  const modalId = crypto.randomUUID()
  const close = (): void => modals.close(modalId)
  modals.open({
    modalId,
    size: 560,
    title: `Versions of ${workflow}`,
    children: (
      <Versions
        workflow={workflow}
        onOpen={(version) => {
          close()
          onOpen(version)
        }}
        onStarted={(run) => {
          close()
          onStarted(run)
        }}
      />
    ),
  })
}

function Versions({ workflow, onOpen, onStarted }: VersionsProps) {
  const query = useInfiniteQuery({
    queryKey: [...keyOf(workflowRoutes.versions), workflow],
    queryFn: ({ pageParam }) =>
      call(workflowRoutes.versions, {
        params: { project: PROJECT, workflow },
        query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const versions = query.data?.pages.flatMap(({ items }) => items) ?? []
  const start = async (version: number): Promise<void> => {
    const run = await openStartRun({ workflow, version })
    if (run !== null) onStarted(run)
  }
  if (query.isPending) return <Loading what="Asking for the versions…" />
  return (
    <>
      {query.error !== null && (
        <Failed error={query.error} what="The versions could not be listed" onRetry={() => void query.refetch()} />
      )}
      <ol className={classes.versions}>
        {versions.map(({ version, digest, createdAt }, i) => (
          <li key={version}>
            <strong className="tabular">{version}</strong>
            {i === 0 && <Badge variant="light">Newest</Badge>}
            <span className="dim">
              <RelativeTime at={createdAt} />
            </span>
            <Copyable value={digest} shown={digest.slice(0, SHOWN_DIGEST)} label="Copy the digest" />
            <span className={classes.versionActions}>
              <Button variant="default" size="compact-sm" h={26} onClick={() => onOpen(version)}>
                Open
              </Button>
              <Button variant="default" size="compact-sm" h={26} onClick={() => void start(version)}>
                Run
              </Button>
            </span>
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </>
  )
}

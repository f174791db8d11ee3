import { Button, CopyButton } from '@mantine/core'
import {
  IconAlertTriangleFilled,
  IconCheck,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCopy,
  IconInfoTriangle,
  IconRefresh,
  type TablerIcon,
} from '@tabler/icons-react'
import { useMemo } from 'react'
import { engineRoutes, type Finding } from '../../src-shared/contract/index.ts'
import { useAsk, useConnection } from '../api/index.ts'
import { useCommands } from '../app/commands.ts'
import { CopyButton as CopyFinding } from '../ui/Copy.tsx'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Screen } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import classes from './doctor.module.css'
import { reportOf, STATUS_WORDS, verdict, worstFirst } from './findings.ts'

/** What the machine lacks, in words, and how to mend it. */
export function DoctorScreen() {
  const answer = useAsk(engineRoutes.doctor, {}, { staleTime: 0 })
  const { data, error, isFetching, refetch, dataUpdatedAt } = answer
  useCommands(
    useMemo(
      () => [
        {
          id: 'doctor.again',
          title: 'Check this machine again',
          group: 'Here' as const,
          icon: IconRefresh,
          run: () => void refetch(),
        },
      ],
      [refetch],
    ),
  )
  return (
    <Screen
      title="Doctor"
      page
      actions={
        <>
          {data !== undefined && <CopyReport findings={data.findings} />}
          <Button
            loading={isFetching}
            leftSection={<IconRefresh size={15} stroke={1.5} />}
            onClick={() => void refetch()}
          >
            Check again
          </Button>
        </>
      }
    >
      {error !== null && (
        <Failed error={error} what="The machine could not be checked" onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Loading what="Looking at the machine…" />}
      {data !== undefined && (
        <div className={classes.page}>
          <p className={classes.verdict} role="status">
            <strong>{verdict(data.findings)}</strong>
            <span className="dim">
              checked <RelativeTime at={new Date(dataUpdatedAt).toISOString()} />
            </span>
          </p>
          <ul className={classes.findings} aria-label="Findings">
            {worstFirst(data.findings).map((finding) => (
              <FindingRow key={finding.id} finding={finding} />
            ))}
          </ul>
        </div>
      )}
    </Screen>
  )
}

const SHAPES: Record<Finding['status'], TablerIcon> = {
  error: IconAlertTriangleFilled,
  warning: IconInfoTriangle,
  absent: IconCircleDashed,
  ok: IconCircleCheckFilled,
}

function FindingRow({ finding }: { readonly finding: Finding }) {
  const { title, status, detail, fix } = finding
  const Shape = SHAPES[status]
  return (
    <li className={classes.finding} data-status={status}>
      <span className={classes.status}>
        <Shape size={16} aria-hidden />
        {STATUS_WORDS[status]}
      </span>
      <div className={classes.text}>
        <strong>{title}</strong>
        <div>{detail}</div>
        {fix !== undefined && <div className={classes.fix}>{fix}</div>}
      </div>
      <CopyFinding value={`${title}: ${detail} ${fix ?? ''}`.trim()} label={`Copy: ${title}`} />
    </li>
  )
}

function CopyReport({ findings }: { readonly findings: readonly Finding[] }) {
  const version = useConnection(({ connection }) => (connection.phase === 'ready' ? connection.version : null))
  const head = version === null ? 'Weir' : `Weir ${version.version}, ${version.platform}, Node ${version.node}`
  return (
    <CopyButton value={reportOf(findings, head)}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={15} stroke={1.5} /> : <IconCopy size={15} stroke={1.5} />}
          onClick={copy}
        >
          {copied ? 'Copied' : 'Copy the report'}
        </Button>
      )}
    </CopyButton>
  )
}

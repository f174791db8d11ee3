import { Button } from '@mantine/core'
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconRefresh,
  type TablerIcon,
} from '@tabler/icons-react'
import { engineRoutes, type Finding } from '../../src-shared/contract/index.ts'
import { useAsk, useConnection } from '../api/index.ts'
import { CopyButton } from '../ui/Copy.tsx'
import { plural } from '../ui/format.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Screen } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import classes from './Doctor.module.css'
import { reportOf, worstFirst } from './findings.ts'

const LOOKS: Record<Finding['status'], { word: string; color: string; icon: TablerIcon }> = {
  error: { word: 'Broken', color: 'var(--weir-failed)', icon: IconCircleXFilled },
  warning: { word: 'Needs care', color: 'var(--weir-abandoned)', icon: IconAlertTriangleFilled },
  absent: { word: 'Not there', color: 'var(--weir-queued)', icon: IconCircleDashed },
  ok: { word: 'Well', color: 'var(--weir-succeeded)', icon: IconCircleCheckFilled },
}

/** What the engine's machine lacks, why that matters, and how it is mended. */
export function DoctorScreen() {
  const doctor = useAsk(engineRoutes.doctor, {})
  const version = useConnection(({ connection }) => (connection.phase === 'ready' ? connection.version : null))
  const findings = doctor.data === undefined ? [] : worstFirst(doctor.data.findings)
  return (
    <Screen
      title="Doctor"
      page
      facts={
        doctor.isSuccess && (
          <span className="dim">
            checked <RelativeTime at={new Date(doctor.dataUpdatedAt).toISOString()} />
          </span>
        )
      }
      actions={
        <>
          {findings.length > 0 && <CopyButton value={reportOf(findings, version)} label="Copy the report" />}
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} stroke={1.5} />}
            loading={doctor.isFetching}
            onClick={() => void doctor.refetch()}
          >
            Check again
          </Button>
        </>
      }
    >
      {doctor.isPending && <Loading what="Checking this machine…" />}
      {doctor.isError && (
        <Failed error={doctor.error} what="The machine could not be checked" onRetry={() => void doctor.refetch()} />
      )}
      {doctor.isSuccess && (
        <>
          <p className={classes.verdict}>{verdictOf(findings)}</p>
          <ul className={classes.list}>
            {findings.map((finding) => (
              <FindingRow key={finding.id} finding={finding} />
            ))}
          </ul>
        </>
      )}
    </Screen>
  )
}

function verdictOf(findings: readonly Finding[]): string {
  const broken = findings.filter(({ status }) => status === 'error').length
  const warned = findings.filter(({ status }) => status === 'warning').length
  if (broken > 0) return `${plural(broken, 'thing')} must be mended before all of Weir works here.`
  if (warned > 0) return `Weir works here; ${plural(warned, 'thing')} could become a problem.`
  return 'All that Weir needs is well. What is not there is needed only by steps that ask for it.'
}

function FindingRow({ finding }: { readonly finding: Finding }) {
  const { word, color, icon: Icon } = LOOKS[finding.status]
  return (
    <li className={classes.finding}>
      <Icon size={18} style={{ color }} aria-hidden className={classes.icon} />
      <div className={classes.body}>
        <div className={classes.head}>
          <strong>{finding.title}</strong>
          <span style={{ color }} className={classes.word}>
            {word}
          </span>
        </div>
        <div className={classes.detail}>{finding.detail}</div>
        {finding.fix !== undefined && finding.status !== 'ok' && (
          <div className={classes.fix}>
            <span>{finding.fix}</span>
            <CopyButton value={finding.fix} label="Copy what to do" />
          </div>
        )}
      </div>
    </li>
  )
}

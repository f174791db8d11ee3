import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Machine } from '../../../src-shared/contract/index.ts'
import { formatBytes, plural } from '../../ui/format.ts'
import { Failed, Loading } from '../../ui/Notes.tsx'
import { Section } from '../../ui/Screen.tsx'
import classes from '../home.module.css'
import type { Sample } from './history.ts'
import { Sparkline } from './Sparkline.tsx'
import { useMachine } from './use-machine.ts'

/** What the machine has, what is in use, and what steps have set aside. */
export function MachineSection() {
  const { answer, samples } = useMachine()
  const { data, error } = answer
  return (
    <Section title="This machine">
      {data === undefined && error === null && <Loading what="Looking at the machine…" />}
      {data === undefined && error !== null && (
        <Failed error={error} what="The machine could not be looked at" onRetry={() => void answer.refetch()} />
      )}
      {data !== undefined && <Gauges machine={data} samples={samples} />}
    </Section>
  )
}

function Gauges({ machine, samples }: { readonly machine: Machine; readonly samples: readonly Sample[] }) {
  const { cpus, cpuPercent, memory, disk, gpus, reserved } = machine
  const cpu = cpuPercent === null ? null : cpuPercent / 100
  return (
    <ul className={classes.gauges} aria-label="Use of the machine">
      <Gauge
        name="Processors"
        share={cpu}
        reserved={share(reserved.cpus, cpus)}
        reservedText={`Steps have set aside ${round(reserved.cpus)} of ${cpus}`}
        text={cpu === null ? plural(cpus, 'processor') : `${Math.round(cpu * 100)} % of ${cpus}`}
        line={<Sparkline samples={samples} value={(sample) => sample.cpu} />}
      />
      <Gauge
        name="Memory"
        share={share(memory.used, memory.total)}
        reserved={share(reserved.memoryBytes, memory.total)}
        reservedText={`Steps have set aside ${formatBytes(reserved.memoryBytes)}`}
        text={`${formatBytes(memory.used)} of ${formatBytes(memory.total)}`}
        line={<Sparkline samples={samples} value={(sample) => sample.memory} />}
      />
      <Gauge
        name="Disk"
        share={share(disk.used, disk.total)}
        text={`${formatBytes(Math.max(0, disk.total - disk.used))} free of ${formatBytes(disk.total)}`}
      />
      {gpus.map((gpu, i) => (
        <Gauge
          // biome-ignore lint/suspicious/noArrayIndexKey: cards of one kind have one name, and never change places
          key={i}
          name={gpu.name}
          share={gpu.memory === null ? gpuShare(gpu.percent) : share(gpu.memory.used, gpu.memory.total)}
          reserved={share(reserved.gpus, gpus.length)}
          reservedText={`Steps have set aside ${reserved.gpus} of ${gpus.length} graphics processors`}
          text={gpuText(gpu)}
        />
      ))}
    </ul>
  )
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.min(1, part / whole))
const gpuShare = (percent: number | null): number | null => (percent === null ? null : percent / 100)
const round = (value: number): number => Math.round(value * 100) / 100

function gpuText({ percent, memory }: Machine['gpus'][number]): string {
  const parts = [
    ...(percent === null ? [] : [`${Math.round(percent)} %`]),
    ...(memory === null ? [] : [`${formatBytes(memory.used)} of ${formatBytes(memory.total)}`]),
  ]
  return parts.length === 0 ? 'there' : parts.join(', ')
}

interface GaugeProps {
  readonly name: string
  readonly share: number | null
  readonly text: string
  /** Share that steps have set aside */
  readonly reserved?: number
  readonly reservedText?: string
  readonly line?: ReactNode
}

/** From this share on little is left. */
const TIGHT = 0.9

function Gauge({ name, share: used, text, reserved = 0, reservedText, line }: GaugeProps) {
  const bar = (
    <span className={classes.gaugeBar} data-unknown={used === null || undefined} aria-hidden>
      <span
        className={classes.gaugeUsed}
        data-tight={(used ?? 0) >= TIGHT || undefined}
        style={{ transform: `scaleX(${used ?? 0})` }}
      />
      {reserved > 0 && <span className={classes.gaugeReserved} style={{ width: `${reserved * 100}%` }} />}
    </span>
  )
  return (
    <li className={classes.gauge}>
      <span className={`${classes.gaugeName} truncate`} title={name}>
        {name}
      </span>
      <span className={`${classes.gaugeText} tabular`}>{text}</span>
      {line}
      <span className={classes.gaugeWide}>{reserved > 0 ? <Tooltip label={reservedText}>{bar}</Tooltip> : bar}</span>
      {reserved > 0 && <span className={classes.gaugeNote}>{reservedText}</span>}
    </li>
  )
}

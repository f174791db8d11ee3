import { useMemo } from 'react'
import { type Execution, type Json, type RunStep, runRoutes } from '../../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../../api/index.ts'
import { FileLines } from '../../../assets/FileLines.tsx'
import { JsonTree } from '../../../assets/JsonTree.tsx'
import { CopyButton } from '../../../ui/Copy.tsx'
import { Failed } from '../../../ui/Notes.tsx'
import { useHead } from '../data/run-store.ts'
import { useRunAssets } from '../data/use-run-assets.ts'
import { valuesOf } from '../result/report.ts'
import { commandText } from './command-text.ts'
import { inputFiles } from './input-files.ts'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'

/** What an attempt was given and what it ran: with its expressions filled in, secrets masked. */
export function Given({ step, execution }: { readonly step: RunStep; readonly execution: Execution }) {
  const { id: run } = useHead()
  const isOver = execution.finishedAt !== null
  const { data, error, refetch } = useAsk(
    runRoutes.attempt,
    { params: { project: PROJECT, run, step: step.key, attempt: execution.attempt } },
    { enabled: step.kind === 'run' || step.kind === 'target', staleTime: isOver ? Number.POSITIVE_INFINITY : 0 },
  )
  if (error !== null) {
    return <Failed error={error} what="What it was given could not be read" onRetry={() => void refetch()} />
  }
  if (data === undefined) return null
  const { inputs, command } = data
  return (
    <>
      {Object.keys(inputs).length > 0 && <Inputs step={step} inputs={inputs} />}
      {command !== null && (
        <Part title="Command as it ran" actions={<CopyButton value={commandText(command)} label="Copy the command" />}>
          {command.image !== null && <p className={classes.note}>In a container of {command.image}</p>}
          {command.folder !== '' && <p className={classes.note}>In the folder {command.folder}</p>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
          <pre className={`${classes.code} ${classes.command} mono`} tabIndex={0}>
            {commandText(command)}
          </pre>
          {Object.keys(command.env).length > 0 && <JsonTree value={command.env} name={`${step.key}-env`} />}
        </Part>
      )}
    </>
  )
}

function Inputs({ step, inputs }: { readonly step: RunStep; readonly inputs: Record<string, Json> }) {
  const values = valuesOf(inputs)
  const hasFiles = Object.keys(values).length < Object.keys(inputs).length
  const { assets } = useRunAssets()
  const files = useMemo(() => inputFiles(inputs, assets), [inputs, assets])
  return (
    <Part title={step.call === undefined ? 'Inputs' : 'Arguments'}>
      {Object.keys(values).length > 0 && <JsonTree value={values} name={`${step.key}-inputs`} />}
      {hasFiles && <FileLines files={files} />}
    </Part>
  )
}

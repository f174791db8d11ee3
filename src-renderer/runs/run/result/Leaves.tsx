import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { isAsset, type RunStep } from '../../../../src-shared/contract/index.ts'
import { AssetList } from '../../../assets/AssetList.tsx'
import { JsonTree } from '../../../assets/JsonTree.tsx'
import { plural } from '../../../ui/format.ts'
import { LogView } from '../../logs/LogView.tsx'
import { useHead, useRunState } from '../data/run-store.ts'
import insp from '../inspector/inspector.module.css'
import { Part } from '../inspector/Part.tsx'
import { leavesOf } from './leaves.ts'
import { valuesOf } from './report.ts'

/** More would be a list of the run, which stands beside it. */
const SHOWN = 3

/** What the last steps left, for a workflow that names no outputs of its own. */
export function Leaves({ onSelect }: { readonly onSelect: (step: string) => void }) {
  const { workflow } = useHead()
  const book = useRunState((state) => state.book)
  const leaves = useMemo(() => leavesOf(book), [book])
  return (
    <>
      <Part title="Outputs">
        <p className={insp.note}>
          The workflow names no outputs, so here is what its last steps left.{' '}
          <Link to="/workflows/$workflow" params={{ workflow }} className={insp.link}>
            Name an output
          </Link>
        </p>
      </Part>
      {leaves.slice(0, SHOWN).map((step) => (
        <Leaf key={step.key} step={step} onSelect={onSelect} />
      ))}
      {leaves.length > SHOWN && (
        <p className={insp.note}>{plural(leaves.length - SHOWN, 'more step')} ended the run.</p>
      )}
    </>
  )
}

function Leaf({ step, onSelect }: { readonly step: RunStep; readonly onSelect: (step: string) => void }) {
  const { id } = useHead()
  const outputs = step.outputs ?? {}
  const values = valuesOf(outputs)
  const last = step.executions.at(-1)
  return (
    <Part
      title={step.key}
      actions={
        <button type="button" className={insp.parent} onClick={() => onSelect(step.key)}>
          Show the step
        </button>
      }
    >
      {Object.keys(values).length > 0 && <JsonTree value={values} name={`${step.key}-outputs`} />}
      {step.fanOut === undefined && Object.values(outputs).some(isAsset) && <AssetList step={step.key} />}
      {step.kind === 'run' && last !== undefined && last.executor !== 'cache' && (
        <LogView run={id} step={step.key} attempt={last.attempt} compact />
      )}
    </Part>
  )
}

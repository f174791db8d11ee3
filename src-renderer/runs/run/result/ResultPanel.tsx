import { ActionIcon, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useHead } from '../data/run-store.ts'
import insp from '../inspector/inspector.module.css'
import { Part } from '../inspector/Part.tsx'
import { JsonView } from '../parts/JsonView.tsx'

/** What a finished run has left. */
export function ResultPanel({ onClose }: { readonly onClose: () => void }) {
  const { result } = useHead()
  const outputs = result?.outputs ?? {}
  return (
    <aside className={insp.inspector} aria-label="Result of the run">
      <header className={insp.head}>
        <div className={insp.headMain}>
          <h2 className={insp.name}>Result</h2>
        </div>
        <div className={insp.headActions}>
          <Tooltip label="Close">
            <ActionIcon aria-label="Close the result" onClick={onClose}>
              <IconX size={18} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      <div className={insp.content}>
        <Part title="Outputs">
          {Object.keys(outputs).length === 0 ? (
            <p className={insp.note}>
              The workflow names no outputs. What its steps have left is shown with each step.
            </p>
          ) : (
            <JsonView value={outputs} name="outputs" />
          )}
        </Part>
      </div>
    </aside>
  )
}

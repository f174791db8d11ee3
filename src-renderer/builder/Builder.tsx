import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { Screen } from '../ui/Screen.tsx'
import { Split } from '../ui/Split.tsx'
import classes from './Builder.module.css'
import { BuilderActions, BuilderFacts } from './BuilderHeader.tsx'
import { Canvas } from './Canvas.tsx'
import { ConflictView } from './ConflictView.tsx'
import { Drawer } from './Drawer.tsx'
import { useDocument } from './document-context.tsx'
import type { DocumentStore } from './document-types.ts'
import { EmptyCanvas } from './EmptyCanvas.tsx'
import { followFile } from './files-on-disk.ts'
import { WithChildren } from './inspector/children.ts'
import { Inspector } from './inspector/Inspector.tsx'
import { ProblemsPanel } from './ProblemsPanel.tsx'
import type { PaletteItem } from './palette-items.ts'
import { nameOf } from './publishing.ts'
import { ReadOnlyNotice } from './ReadOnlyNotice.tsx'
import { Sheet } from './Sheet.tsx'
import { type PanelActions, useBuilderCommands } from './use-builder-commands.ts'
import { type ShownPanels, usePanels } from './use-panels.ts'
import type { StepActions } from './use-steps.ts'

import { YamlPane } from './yaml/YamlPane.tsx'

interface BuilderProps {
  readonly onPublished: (name: string, store: DocumentStore) => void
}

/** The builder around one open document. */
export function Builder({ onPublished }: BuilderProps) {
  const conflict = useDocument((state) => state.conflict)
  const title = useTitle()
  const actions = useDocument((state) => state.actions)
  const origin = useDocument((state) => state.origin)
  useEffect(() => (origin === null ? undefined : followFile(origin, actions.meetFile)), [origin, actions])
  return (
    <ReactFlowProvider>
      <WithChildren>
        <Panels title={title} onPublished={onPublished} />
        {conflict !== null && <ConflictView conflict={conflict} />}
      </WithChildren>
    </ReactFlowProvider>
  )
}

const useTitle = (): string => useDocument((state) => nameOf(state.definition) ?? state.workflow ?? 'New workflow')

function Panels({ title, onPublished }: BuilderProps & { readonly title: string }) {
  const { panels, shown, close } = usePanels()
  const { isNarrow, sheet } = shown
  const steps = useRef<StepActions | null>(null)
  useBuilderCommands(steps, panels)
  return (
    <Screen
      title={title}
      facts={<BuilderFacts />}
      actions={<BuilderActions panels={panels} onPublished={onPublished} />}
    >
      <div className={classes.builder}>
        <ReadOnlyNotice />
        <div className={classes.panels}>
          <Split
            name="builder.inspector"
            direction="horizontal"
            label="Width of the inspector"
            size={27}
            min={16}
            main={<Middle panels={panels} shown={shown} steps={steps} onClosePalette={close.palette} />}
            side={shown.inspector ? <Inspector /> : null}
          />
        </div>
      </div>
      {isNarrow && sheet !== null && (
        <Sheet title={sheet === 'yaml' ? 'YAML' : 'Details'} onClose={close.sheet}>
          {sheet === 'yaml' ? <YamlPane /> : <Inspector />}
        </Sheet>
      )}
    </Screen>
  )
}

interface MiddleProps {
  readonly panels: PanelActions
  readonly shown: ShownPanels
  readonly steps: { current: StepActions | null }
  readonly onClosePalette: () => void
}

/** The canvas, the YAML beside it, the problems below. */
function Middle({ panels, shown, steps, onClosePalette }: MiddleProps) {
  const pick = (item: PaletteItem): void => {
    steps.current?.add(item)
    if (shown.isNarrow) onClosePalette()
  }
  const canvas = (
    <div className={classes.canvas}>
      <Canvas onOpen={panels.openInspector} onAdd={panels.openPalette} actionsRef={steps} />
      <EmptyCanvas onAdd={pick} onSearch={() => panels.openPalette()} />
      {shown.palette !== null && (
        <Drawer key={shown.palette.round} search={shown.palette.search} onPick={pick} onClose={onClosePalette} />
      )}
    </div>
  )
  const beside = (
    <Split
      name="builder.yaml"
      direction="horizontal"
      label="Width of the YAML"
      size={42}
      main={canvas}
      side={shown.yaml ? <YamlPane /> : null}
    />
  )
  return (
    <Split
      name="builder.problems"
      direction="vertical"
      label="Height of the problems"
      size={24}
      min={10}
      main={beside}
      side={shown.problems ? <ProblemsPanel onOpen={panels.openInspector} onClose={panels.toggleProblems} /> : null}
    />
  )
}

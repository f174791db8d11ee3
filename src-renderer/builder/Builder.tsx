import { ReactFlowProvider } from '@xyflow/react'
import { useCallback, useMemo, useRef, useState } from 'react'
import { usePersisted } from '../ui/persisted.ts'
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
import { WithChildren } from './inspector/children.ts'
import { Inspector } from './inspector/Inspector.tsx'
import { ProblemsPanel } from './ProblemsPanel.tsx'
import type { PaletteItem } from './palette-items.ts'
import { nameOf } from './publishing.ts'
import { ReadOnlyNotice } from './ReadOnlyNotice.tsx'
import { Sheet, useIsNarrow } from './Sheet.tsx'
import { useBuilderCommands } from './use-builder-commands.ts'
import type { StepActions } from './use-steps.ts'

import { YamlPane } from './yaml/YamlPane.tsx'

interface BuilderProps {
  readonly onPublished: (name: string, store: DocumentStore) => void
}

/** The builder around one open document. */
export function Builder({ onPublished }: BuilderProps) {
  const conflict = useDocument((state) => state.conflict)
  const title = useTitle()
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
  const isNarrow = useIsNarrow()
  const [hasYaml, setYaml] = usePersisted('builder.yaml', false)
  const [hasProblems, setProblems] = usePersisted('builder.problems', false)
  const [hasInspector, setInspector] = usePersisted('builder.inspector', true)
  const [sheet, setSheet] = useState<'inspector' | 'yaml' | null>(null)
  const [palette, setPalette] = useState<{ readonly search: string } | null>(null)
  const steps = useRef<StepActions | null>(null)

  const toggleYaml = useCallback(() => {
    if (isNarrow) setSheet((before) => (before === 'yaml' ? null : 'yaml'))
    else setYaml(!hasYaml)
  }, [isNarrow, hasYaml, setYaml])
  const openInspector = useCallback(() => {
    if (isNarrow) setSheet('inspector')
    else setInspector(true)
  }, [isNarrow, setInspector])
  const toggleInspector = useCallback(() => {
    if (isNarrow) setSheet((before) => (before === 'inspector' ? null : 'inspector'))
    else setInspector(!hasInspector)
  }, [isNarrow, hasInspector, setInspector])
  const openPalette = useCallback((search = '') => setPalette({ search }), [])
  const toggleProblems = useCallback(() => setProblems(!hasProblems), [hasProblems, setProblems])
  const panels = useMemo(
    () => ({ toggleYaml, toggleInspector, openInspector, toggleProblems, openPalette }),
    [toggleYaml, toggleInspector, openInspector, toggleProblems, openPalette],
  )
  useBuilderCommands(steps, panels)

  const pick = (item: PaletteItem): void => {
    steps.current?.add(item)
    if (isNarrow) setPalette(null)
  }
  const canvas = (
    <div className={classes.canvas}>
      <Canvas onOpen={openInspector} onAdd={openPalette} actionsRef={steps} />
      <EmptyCanvas onAdd={pick} onSearch={openPalette} />
      {palette !== null && <Drawer search={palette.search} onPick={pick} onClose={() => setPalette(null)} />}
    </div>
  )
  const middle = (
    <Split
      name="builder.yaml"
      direction="horizontal"
      label="Width of the YAML"
      size={42}
      main={canvas}
      side={hasYaml && !isNarrow ? <YamlPane /> : null}
    />
  )
  const withProblems = (
    <Split
      name="builder.problems"
      direction="vertical"
      label="Height of the problems"
      size={24}
      min={10}
      main={middle}
      side={hasProblems ? <ProblemsPanel onOpen={openInspector} onClose={toggleProblems} /> : null}
    />
  )
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
            main={withProblems}
            side={hasInspector && !isNarrow ? <Inspector /> : null}
          />
        </div>
      </div>
      {isNarrow && sheet !== null && (
        <Sheet title={sheet === 'yaml' ? 'YAML' : 'Details'} onClose={() => setSheet(null)}>
          {sheet === 'yaml' ? <YamlPane /> : <Inspector />}
        </Sheet>
      )}
    </Screen>
  )
}

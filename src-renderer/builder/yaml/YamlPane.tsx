import { foldAll, unfoldAll } from '@codemirror/language'
import { openSearchPanel } from '@codemirror/search'
import type { EditorView } from '@codemirror/view'
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconFold, IconSearch } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { workflowRoutes } from '../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../api/index.ts'
import { CopyButton } from '../../ui/Copy.tsx'
import { CodeEditor } from '../../ui/code/CodeEditor.tsx'
import { useDocument, useDocumentStore } from '../document-context.tsx'
import { useChildren } from '../inspector/children.ts'
import type { Knowledge } from './completion.ts'
import { showProblems } from './lint-marks.ts'
import type { SchemaNode } from './schema-walk.ts'
import { useStepInView } from './use-step-in-view.ts'
import classes from './YamlPane.module.css'
import { yamlExtensions } from './yaml-extensions.ts'

/** The schema of an engine does not change while it runs. */
const SCHEMA_STALE_MS = 3_600_000
const WORKFLOWS_ASKED = 200

/** The definition as text, beside the canvas: both show the same thing, and each follows the other. */
export function YamlPane() {
  const store = useDocumentStore()
  const source = useDocument((state) => state.source)
  const isReadOnly = useDocument((state) => state.isReadOnly)
  const problems = useDocument((state) => state.problems)
  const [view, setView] = useState<EditorView | null>(null)
  const knowledge = useKnowledge()
  const extensions = useMemo(() => yamlExtensions(store, () => knowledge.current()), [store, knowledge])

  useEffect(() => {
    if (view !== null) showProblems(view, problems)
  }, [view, problems])
  useStepInView(view)

  return (
    <section className={classes.pane} aria-label="YAML">
      <header className={classes.head}>
        <h2 className={classes.title}>YAML</h2>
        <FoldButton view={view} />
        <Tooltip label="Search (Ctrl+F)">
          <ActionIcon size={24} aria-label="Search in the YAML" onClick={() => view !== null && openSearchPanel(view)}>
            <IconSearch size={15} />
          </ActionIcon>
        </Tooltip>
        <CopyButton value={source} label="Copy the YAML" />
      </header>
      <CodeEditor
        className={classes.editor ?? ''}
        label="Definition as YAML"
        language="yaml"
        value={source}
        onChange={(text) => store.getState().actions.type(text)}
        isReadOnly={isReadOnly}
        keepsHistory={false}
        extensions={extensions}
        onView={setView}
      />
    </section>
  )
}

/** What completion knows, in a box that stays the same while its content changes. */
function useKnowledge(): { readonly current: () => Knowledge } {
  const store = useDocumentStore()
  const { outputs } = useChildren()
  const schema = useAsk(workflowRoutes.schema, {}, { staleTime: SCHEMA_STALE_MS })
  const list = useAsk(workflowRoutes.list, { params: { project: PROJECT }, query: { limit: WORKFLOWS_ASKED } })
  const latest = useRef<() => Knowledge>(null)
  latest.current = () => ({
    schema: (schema.data as SchemaNode | undefined) ?? null,
    definition: store.getState().definition,
    children: outputs,
    workflows: list.data?.items.map((one) => one.name) ?? [],
  })
  return useMemo(() => ({ current: () => latest.current?.() ?? NOTHING }), [])
}

const NOTHING: Knowledge = { schema: null, definition: undefined, children: new Map(), workflows: [] }

function FoldButton({ view }: { readonly view: EditorView | null }) {
  const [isFolded, setFolded] = useState(false)
  const label = isFolded ? 'Unfold all' : 'Fold all'
  return (
    <Tooltip label={label}>
      <ActionIcon
        size={24}
        aria-label={label}
        onClick={() => {
          if (view === null) return
          if (isFolded) unfoldAll(view)
          else foldAll(view)
          setFolded(!isFolded)
        }}
      >
        <IconFold size={15} />
      </ActionIcon>
    </Tooltip>
  )
}

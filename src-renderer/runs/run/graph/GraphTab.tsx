import { useMemo, useRef, useState } from 'react'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { type Graph, GraphView, graphOf, withShared } from '../../../graph/index.ts'
import { Empty, Failed, Loading } from '../../../ui/Notes.tsx'
import { hasCalls } from '../calls/call-groups.ts'
import { useRunState } from '../data/run-store.ts'
import { nameOfKey } from '../data/step-book.ts'
import { useCalm } from '../data/use-calm.ts'
import { useDefinitionQuery } from '../data/use-definition.ts'
import type { Place } from '../place.ts'
import { CallBar } from './CallBar.tsx'
import { callGraphOf } from './call-graph.ts'
import classes from './graph-tab.module.css'
import { GroupProvider, useGroupStates, useStepState, useStepStates } from './step-states.ts'

/** The workflow as a picture, with where its steps stand; of a run of code with the functions that it called. */
export function GraphTab({ place }: { readonly place: Place }) {
  const { data, error, refetch } = useDefinitionQuery()
  const definition = useMemo<Graph | null>(
    () => (data === undefined ? null : graphOf(data.definition as unknown as Json)),
    [data],
  )
  if (error !== null) {
    return <Failed error={error} what="The definition of this run could not be read" onRetry={() => void refetch()} />
  }
  if (definition === null || data === undefined) return <Loading what="Reading the definition…" />
  if (definition.nodes.length === 0) return <Empty title="This workflow has no steps" />
  return <Picture definition={definition} places={data.layout} place={place} />
}

interface PictureProps {
  readonly definition: Graph
  readonly places: Parameters<typeof GraphView>[0]['places']
  readonly place: Place
}

/** From here on the picture is counted anew now and then, not with every answer. */
const MANY_STEPS = 300

function Picture({ definition, places, place }: PictureProps) {
  const [group, setGroup] = useState<string | null>(null)
  const liveBook = useRunState((state) => state.book)
  const book = useCalm(liveBook, liveBook.byKey.size > MANY_STEPS)
  const isCode = hasCalls(book)
  const found = useMemo(() => (isCode ? callGraphOf(definition, book, group) : null), [isCode, definition, book, group])
  const shared = useRef(definition)
  shared.current = withShared(shared.current, found?.graph ?? definition)
  const states = useGroupStates(book, group)
  const stepStates = useStepStates(states)
  return (
    <GroupProvider value={states}>
      <div className={classes.tab}>
        {found !== null && <CallBar kinds={found.kinds} groups={found.groups} group={group} onGroup={setGroup} />}
        <div className={classes.picture}>
          <GraphView
            graph={shared.current}
            places={places}
            grows={isCode}
            selected={place.step === undefined ? null : nameOfKey(place.step)}
            onSelect={(step) => place.select(step ?? undefined)}
            useStepState={useStepState}
            stepStates={stepStates}
          />
        </div>
      </div>
    </GroupProvider>
  )
}

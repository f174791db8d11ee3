import { Button } from '@mantine/core'
import { IconFilterOff, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { DraftSummary } from '../../../src-shared/contract/index.ts'
import { Empty, Failed } from '../../ui/Notes.tsx'
import { DataTable } from '../../ui/table/index.ts'
import { deleteWorkflows } from './actions.tsx'
import { WorkflowCard, type WorkflowRow, workflowColumns } from './columns.tsx'
import { FirstWorkflow } from './FirstWorkflow.tsx'
import classes from './list.module.css'
import { useWorkflows } from './use-workflows.ts'

interface WorkflowListProps {
  readonly search: string | undefined
  readonly drafts: readonly DraftSummary[]
  readonly onSearch: (search: string | undefined) => void
}

export function WorkflowList({ search, drafts, onSearch }: WorkflowListProps) {
  const navigate = useNavigate()
  const { query, workflows, more } = useWorkflows(search)
  const rows = useMemo<WorkflowRow[]>(() => {
    const changed = new Set(drafts.map(({ workflow }) => workflow))
    return workflows.map((workflow) => ({ ...workflow, hasDraft: changed.has(workflow.name) }))
  }, [workflows, drafts])
  const open = ({ name }: WorkflowRow): void =>
    void navigate({ to: '/workflows/$workflow', params: { workflow: name } })
  const { error } = query
  return (
    <>
      {error !== null && (
        <Failed error={error} what="The workflows could not be listed" onRetry={() => void query.refetch()} />
      )}
      {(error === null || rows.length > 0) && (
        <div className={classes.list}>
          <DataTable
            name="workflows"
            label="Workflows"
            columns={workflowColumns}
            rows={rows}
            keyOf={nameOf}
            onOpen={open}
            card={cardOf}
            bulk={(chosen, clear) => <Bulk chosen={chosen} onDone={clear} />}
            isLoading={query.isPending}
            more={more}
            empty={search === undefined ? <FirstWorkflow /> : <NotFound search={search} onSearch={onSearch} />}
          />
        </div>
      )}
    </>
  )
}

const nameOf = ({ name }: WorkflowRow): string => name
const cardOf = (row: WorkflowRow) => <WorkflowCard row={row} />

function Bulk({ chosen, onDone }: { readonly chosen: readonly WorkflowRow[]; readonly onDone: () => void }) {
  return (
    <Button
      variant="default"
      size="compact-sm"
      h={26}
      leftSection={<IconTrash size={14} stroke={1.5} />}
      onClick={() => void deleteWorkflows(chosen).then((isDone) => isDone && onDone())}
    >
      Delete
    </Button>
  )
}

function NotFound({ search, onSearch }: Pick<WorkflowListProps, 'onSearch'> & { readonly search: string }) {
  return (
    <Empty
      icon={<IconFilterOff size={28} stroke={1.5} />}
      title={`No workflow matches “${search}”`}
      actions={
        <Button variant="default" onClick={() => onSearch(undefined)}>
          Show all workflows
        </Button>
      }
    >
      Names and descriptions are searched.
    </Empty>
  )
}

import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ProblemError, type Workspace, WorkspaceName } from '../../src-shared/contract/index.ts'
import { MAIN_WORKSPACE, sentence } from '../api/index.ts'
import { Failed } from '../ui/Notes.tsx'
import { basesFor } from './tree.ts'
import { useWorkspaces } from './use-workspaces.ts'
import { WorkspaceSelect } from './WorkspaceSelect.tsx'

export interface WorkspaceContent {
  readonly name: string
  readonly base: string
}

interface WorkspaceFormProps {
  /** Null for a new one */
  readonly workspace: Workspace | null
  /** What a new one begins with */
  readonly base: string
  readonly verb: string
  readonly onSave: (content: WorkspaceContent) => Promise<void>
  readonly onDone: () => void
}

/** Name and base of a workspace. */
export function WorkspaceForm({ workspace, base: first, verb, onSave, onDone }: WorkspaceFormProps) {
  const { all } = useWorkspaces()
  const [name, setName] = useState(workspace?.name ?? '')
  const [base, setBase] = useState(workspace?.base ?? first)
  const [failure, setFailure] = useState<unknown>(null)
  const [isSaving, setSaving] = useState(false)
  const isValid = WorkspaceName.safeParse(name).success
  const bases = basesFor(all, workspace?.name ?? null)
  const refusedName = refusalOf(failure, 'body.name')
  const refusedBase = refusalOf(failure, 'body.base')

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!isValid) return
    setSaving(true)
    try {
      await onSave({ name, base })
      onDone()
    } catch (error) {
      setFailure(error)
      setSaving(false)
    }
  }
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Stack gap={12}>
        <NameField
          name={name}
          onChange={(typed) => {
            setName(typed)
            setFailure(null)
          }}
          error={refusedName ?? (name === '' || isValid ? null : 'A workspace cannot be called that.')}
        />
        <WorkspaceSelect
          label="Base"
          description="It uses the results of its base, and of those above that. Its base never sees what comes of it."
          workspaces={bases.length === 0 ? all.filter((one) => one.name === MAIN_WORKSPACE) : bases}
          value={base}
          onChange={(chosen) => {
            setBase(chosen)
            setFailure(null)
          }}
          error={refusedBase}
        />
        {failure !== null && refusedName === null && refusedBase === null && (
          <Failed error={failure} what="It could not be saved" />
        )}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={isSaving} disabled={!isValid}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface NameFieldProps {
  readonly name: string
  readonly onChange: (name: string) => void
  readonly error: string | null
}

function NameField({ name, onChange, error }: NameFieldProps) {
  return (
    <TextInput
      label="Name"
      data-autofocus
      value={name}
      onChange={(event) => onChange(event.currentTarget.value)}
      description={'Lower-case letters, digits, ".", "_", "-", and "/" between parts: dev/ana.'}
      error={error}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

const refusalOf = (failure: unknown, field: string): string | null =>
  failure instanceof ProblemError && failure.context.field === field ? sentence(failure.message) : null

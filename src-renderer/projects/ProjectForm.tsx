import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ProblemError, type Project, ProjectName } from '../../src-shared/contract/index.ts'
import { DEFAULT_PROJECT, sentence } from '../api/index.ts'
import { Failed } from '../ui/Notes.tsx'

interface ProjectFormProps {
  /** Null for a new one */
  readonly project: Project | null
  readonly verb: string
  readonly onSave: (content: { name: string; description: string }) => Promise<void>
  readonly onDone: () => void
}

/** Name and description of a project. */
export function ProjectForm({ project, verb, onSave, onDone }: ProjectFormProps) {
  const [name, setName] = useState(project?.name ?? '')
  const [description, setDescription] = useState(project?.description ?? '')
  const [failure, setFailure] = useState<unknown>(null)
  const [isSaving, setSaving] = useState(false)
  const isValid = ProjectName.safeParse(name).success
  const isFixed = project?.name === DEFAULT_PROJECT
  const refused = failure instanceof ProblemError && failure.context.field === 'body.name' ? failure.message : null

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!isValid) return
    setSaving(true)
    try {
      await onSave({ name, description: description.trim() })
      onDone()
    } catch (error) {
      setFailure(error)
      setSaving(false)
    }
  }
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Stack gap={12}>
        <TextInput
          label="Name"
          data-autofocus
          disabled={isFixed}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
            setFailure(null)
          }}
          description={isFixed ? 'This project keeps its name.' : 'Lower-case letters, digits, ".", "_" and "-".'}
          error={refused === null ? null : sentence(refused)}
          autoComplete="off"
          spellCheck={false}
        />
        {!isValid && name !== '' && <Suggestion name={suggested(name)} onUse={setName} />}
        <TextInput
          label="What it is for"
          value={description}
          maxLength={500}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {failure !== null && refused === null && <Failed error={failure} what="It could not be saved" />}
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

function Suggestion({ name, onUse }: { readonly name: string; readonly onUse: (name: string) => void }) {
  if (name === '') {
    return (
      <Text size="xs" c="dimmed">
        It begins with a letter or a digit.
      </Text>
    )
  }
  return (
    <Button variant="subtle" size="compact-xs" onClick={() => onUse(name)} style={{ alignSelf: 'flex-start' }}>
      Use {name}
    </Button>
  )
}

/** The nearest name that is allowed. */
export const suggested = (typed: string): string =>
  typed
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 63)

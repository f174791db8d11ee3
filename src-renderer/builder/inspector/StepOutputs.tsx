import { Select } from '@mantine/core'
import { useState } from 'react'
import { Identifier, OutputSpec, Step } from '../../../src-shared/contract/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { AddButton } from './fields/AddButton.tsx'
import { FieldRow, RemoveButton } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { ListField } from './fields/ListField.tsx'
import { NameField } from './fields/NameField.tsx'
import { Problems } from './fields/Problems.tsx'
import { SwitchField } from './fields/SwitchField.tsx'
import { TextField } from './fields/TextField.tsx'
import { useField } from './fields/use-field.ts'
import { asForm, FORMS, type Form, formOf, guessedFile, renamedSpec } from './output-files.ts'
import { problemsAt, problemsBeside, problemsIn } from './problems-at.ts'
import { fieldOf, helpOf } from './schema-text.ts'
import { useRenameField } from './use-rename-field.ts'
import { freeName, mapOf } from './values.ts'

/** What a step leaves behind: values that it writes as JSON or text, and files. */
export function StepOutputs({ step }: { readonly step: string }) {
  const path = ['steps', step, 'outputs']
  const field = useField(path)
  const store = useDocumentStore()
  const [fresh, setFresh] = useState<string | null>(null)
  const names = Object.keys(mapOf(field.value))
  const add = (): void => {
    const name = freeName('result', names)
    setFresh(name)
    store
      .getState()
      .actions.edit(`Add output ${name} to ${step}`, [
        { path: [...path, name], value: { json: guessedFile(name, 'json') } },
      ])
  }
  const beside = field.problems.filter((one) => !names.some((name) => problemsIn([one], [...path, name]).length > 0))
  return (
    <FieldRow label="Outputs" help={helpOf(Step.shape.outputs)} problems={beside}>
      {() => (
        <div className={classes.entries}>
          {names.map((name) => (
            <Output key={name} step={step} name={name} isFresh={fresh === name} />
          ))}
          {!field.isLocked && <AddButton label="Add an output" onClick={add} />}
        </div>
      )}
    </FieldRow>
  )
}

const FORM_WORDS: Record<Form, string> = { json: 'JSON value', text: 'Text', files: 'Files' }

/** The schema of each form, whose descriptions are the help. */
const formSchema = (form: Form) =>
  OutputSpec.options.map((option) => fieldOf(option, form)).find((field) => field !== undefined) ?? OutputSpec

function Output({ step, name, isFresh }: { readonly step: string; readonly name: string; readonly isFresh: boolean }) {
  const path = ['steps', step, 'outputs', name]
  const field = useField(path)
  const rename = useRenameField({ what: 'output', step })
  const spec = mapOf(field.value)
  const form = formOf(spec)
  const own = [...problemsAt(field.problems, path), ...problemsBeside(field.problems, path, [...FORMS, 'optional'])]
  const optional = OutputSpec.options.map((option) => fieldOf(option, 'optional')).find((one) => one !== undefined)
  return (
    <div className={classes.entry}>
      <div className={classes.entryLine}>
        <NameField
          label={`Name of output ${name}`}
          name={name}
          schema={Identifier}
          isLocked={field.isLocked}
          autoFocus={isFresh}
          isQuiet
          onRename={(to) => rename(name, to, renamedSpec(spec, name, to))}
        />
        {!field.isLocked && <RemoveButton label={`Output ${name}`} onRemove={() => field.set(undefined)} />}
        <Select
          w={112}
          size="xs"
          aria-label={`Form of output ${name}`}
          disabled={field.isLocked}
          allowDeselect={false}
          placeholder="Choose a form"
          value={form}
          data={FORMS.map((value) => ({ value, label: FORM_WORDS[value] }))}
          onChange={(next) => {
            const wanted = FORMS.find((one) => one === next)
            if (wanted !== undefined && wanted !== form) field.set(asForm(spec, wanted, name))
          }}
        />
      </div>
      {form !== null && (
        <div className={classes.group}>
          {form === 'files' ? (
            <>
              <ListField
                path={[...path, form]}
                schema={formSchema(form)}
                label="File patterns"
                placeholder="such as plots/*.png"
                isLoose
                keepsEmpty
              />
              {optional !== undefined && <SwitchField path={[...path, 'optional']} schema={optional} absent={false} />}
            </>
          ) : (
            <TextField path={[...path, form]} schema={formSchema(form)} label="File" isShort keepsEmpty />
          )}
        </div>
      )}
      <Problems problems={[...new Set(own)]} />
    </div>
  )
}

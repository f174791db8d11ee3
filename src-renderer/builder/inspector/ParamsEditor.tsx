import { ActionIcon, Menu } from '@mantine/core'
import { IconAlertCircle, IconArrowDown, IconArrowUp, IconChevronRight, IconDots, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Json } from '../../../src-shared/contract/index.ts'
import { moveKey, type Path } from '../../../src-shared/definition/index.ts'
import { sayFailed } from '../../ui/say.ts'
import { useDocumentStore } from '../document-context.tsx'
import type { DocumentStore } from '../document-types.ts'
import { AddButton } from './fields/AddButton.tsx'
import fieldClasses from './fields/fields.module.css'
import { Problems } from './fields/Problems.tsx'
import { useField } from './fields/use-field.ts'
import classes from './inspector.module.css'
import { ParamForm } from './ParamForm.tsx'
import { problemsIn } from './problems-at.ts'
import { unsetEdit } from './unset.ts'
import { useRenameField } from './use-rename-field.ts'
import { freeName, mapOf, showValue, textOf } from './values.ts'

/** Parameters of the workflow, or the fields of an approval's form: both are declared alike. */
export type ParamTable = { readonly what: 'param' } | { readonly what: 'answer'; readonly step: string }

const pathOf = (table: ParamTable): Path =>
  table.what === 'param' ? ['params'] : ['steps', table.step, 'approval', 'form']

/** A list of parameters: each on one line, and open when it is clicked. */
export function ParamsEditor({ table }: { readonly table: ParamTable }) {
  const path = pathOf(table)
  const field = useField(path)
  const store = useDocumentStore()
  const [open, setOpen] = useState<string | null>(null)
  const [fresh, setFresh] = useState<string | null>(null)
  const names = Object.keys(mapOf(field.value))
  const noun = table.what === 'param' ? 'parameter' : 'field'
  const rename = useRenameField(table)
  const { add, move, remove } = tableActions(store, path, noun)
  const beside = field.problems.filter((one) => !names.some((name) => problemsIn([one], [...path, name]).length > 0))
  return (
    <div className={fieldClasses.entries}>
      {names.map((name, i) => (
        <ParamEntry
          key={name}
          table={table}
          name={name}
          noun={noun}
          isOpen={open === name}
          isFresh={fresh === name}
          onToggle={() => setOpen(open === name ? null : name)}
          onMove={field.isLocked ? null : (by) => move(name, i + by)}
          isFirst={i === 0}
          isLast={i === names.length - 1}
          onRename={async (to) => {
            const refusal = await rename(name, to)
            if (refusal === null) {
              setOpen(to)
              setFresh(null)
            }
            return refusal
          }}
          onRemove={() => remove(name)}
        />
      ))}
      <Problems problems={beside} />
      {!field.isLocked && (
        <AddButton
          label={`Add a ${noun}`}
          onClick={() => {
            const name = freeName(table.what === 'param' ? 'param' : 'answer', names)
            setFresh(name)
            setOpen(name)
            add(name)
          }}
        />
      )}
    </div>
  )
}

/** What can be done with the entries of a table. */
function tableActions(store: DocumentStore, path: Path, noun: string) {
  const { actions } = store.getState()
  return {
    add: (name: string) => actions.edit(`Add ${noun} ${name}`, [{ path: [...path, name], value: { type: 'string' } }]),
    remove: (name: string) =>
      actions.edit(`Remove ${noun} ${name}`, [unsetEdit(store.getState().definition, [...path, name])]),
    move: (name: string, to: number) => {
      try {
        actions.replace(`Move ${noun} ${name}`, moveKey(store.getState().source, [...path, name], to))
      } catch (error) {
        sayFailed(`The ${noun} could not be moved`, error)
      }
    },
  }
}

interface ParamEntryProps {
  readonly table: ParamTable
  readonly name: string
  readonly noun: string
  readonly isOpen: boolean
  readonly isFresh: boolean
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly onToggle: () => void
  /** Null: nothing can be changed */
  readonly onMove: ((by: number) => void) | null
  readonly onRename: (to: string) => Promise<string | null>
  readonly onRemove: () => void
}

function ParamEntry(props: ParamEntryProps) {
  const { table, name, noun, isOpen, onMove } = props
  const field = useField([...pathOf(table), name])
  const [worst] = field.problems
  return (
    <div className={classes.param}>
      <div className={classes.paramHead}>
        <button type="button" className={classes.paramToggle} aria-expanded={isOpen} onClick={props.onToggle}>
          <IconChevronRight size={14} aria-hidden className={classes.chevron} data-open={isOpen || undefined} />
          <span className="mono truncate">{name}</span>
          <span className={`truncate ${classes.paramFacts}`}>{factsOf(field.value)}</span>
          {worst !== undefined && !isOpen && (
            <IconAlertCircle
              size={14}
              className={classes.mark}
              data-severity={worst.severity}
              aria-label={worst.message}
            />
          )}
        </button>
        {onMove !== null && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon size={24} aria-label={`More for ${noun} ${name}`}>
                <IconDots size={15} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconArrowUp size={14} />} disabled={props.isFirst} onClick={() => onMove(-1)}>
                Move up
              </Menu.Item>
              <Menu.Item leftSection={<IconArrowDown size={14} />} disabled={props.isLast} onClick={() => onMove(1)}>
                Move down
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={14} />} onClick={props.onRemove}>
                Remove {name}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {isOpen && (
        <div className={classes.paramBody}>
          <ParamForm
            path={[...pathOf(table), name]}
            isForm={table.what === 'answer'}
            isFresh={props.isFresh}
            onRename={props.onRename}
          />
        </div>
      )}
    </div>
  )
}

/** `number · 1 when empty`, `file · required` */
function factsOf(value: Json | undefined): string {
  const param = mapOf(value)
  const type = textOf(param['type']) || 'no type'
  if (param['default'] !== undefined) return `${type} · ${showValue(param['default']) || 'empty'} when not given`
  return `${type} · ${param['required'] === false ? 'optional' : 'required'}`
}

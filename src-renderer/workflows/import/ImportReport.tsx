import { Button } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { DefinitionProblem, Workflow } from '../../../src-shared/contract/index.ts'
import { sentence } from '../../api/index.ts'
import { CopyButton } from '../../ui/Copy.tsx'
import { TextCompare } from '../../ui/code/TextCompare.tsx'
import { Failed } from '../../ui/Notes.tsx'
import { Words } from '../../ui/Words.tsx'
import type { Bundle } from './bundle.ts'
import classes from './ImportReport.module.css'
import { type Checked, differsInText, openAsDraft, otherFiles, publish } from './import.ts'

interface ImportReportProps {
  readonly questions: readonly Checked[]
  readonly openDraft: (draft: string) => void
  readonly onImported: (bundle: Bundle, saved: { name: string; version: number }) => void
  readonly onDone: () => void
}

/** What is to be decided about imported definitions: errors, missing files, names that are there already. */
export function ImportReport({ questions, openDraft, onImported, onDone }: ImportReportProps) {
  const [open, setOpen] = useState(questions)
  const settle = (one: Checked): void => {
    const left = open.filter((other) => other !== one)
    setOpen(left)
    if (left.length === 0) onDone()
  }
  return (
    <div className={classes.report}>
      {open.map((one) => (
        <Question
          key={one.bundle.path}
          checked={one}
          onCancel={() => settle(one)}
          onDraft={(draft) => {
            settle(one)
            openDraft(draft)
          }}
          onPublished={(saved) => {
            settle(one)
            onImported(one.bundle, saved)
          }}
        />
      ))}
    </div>
  )
}

interface QuestionProps {
  readonly checked: Checked
  /** It is left as it is */
  readonly onCancel: () => void
  readonly onDraft: (draft: string) => void
  readonly onPublished: (saved: { name: string; version: number }) => void
}

function Question({ checked, onCancel, onDraft, onPublished }: QuestionProps) {
  const { bundle, files, existing, problems } = checked
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const attempt = async <T,>(act: () => Promise<T>, then: (result: T) => void): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      then(await act())
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  const hasOtherText = differsInText(checked)
  const changed = otherFiles(checked)
  const isSame = existing !== null && !hasOtherText && changed.length === 0
  return (
    <section aria-label={bundle.path} className={classes.question}>
      <h3 className={classes.path}>
        <span className="mono">{bundle.path}</span>
      </h3>
      {existing !== null && <Existing existing={existing} isSame={isSame} />}
      {existing !== null && !isSame && <OtherFiles paths={changed} />}
      {existing !== null && hasOtherText && (
        <div className={classes.compare}>
          <TextCompare
            before={existing.source}
            after={bundle.source}
            names={[`Version ${existing.latest}`, 'What is imported']}
          />
        </div>
      )}
      {bundle.missing.length > 0 && <Missing globs={bundle.missing} />}
      {problems.length > 0 && <Problems problems={problems} />}
      {error !== null && <Failed error={error} what="That did not work" />}
      <div className={classes.actions}>
        <Button variant="subtle" onClick={onCancel}>
          Cancel
        </Button>
        {isSame ? (
          <OpenIt name={existing.name} onOpen={onCancel} />
        ) : (
          <SaveButtons
            checked={checked}
            isBusy={isBusy}
            onDraft={() => void attempt(() => openAsDraft(bundle.source, files), onDraft)}
            onSave={() => void attempt(() => publish(checked), onPublished)}
          />
        )}
      </div>
    </section>
  )
}

function OpenIt({ name, onOpen }: { readonly name: string; readonly onOpen: () => void }) {
  return (
    <Button data-autofocus component="a" href={`#/workflows/${encodeURIComponent(name)}`} onClick={onOpen}>
      Open it
    </Button>
  )
}

interface SaveButtonsProps {
  readonly checked: Checked
  readonly isBusy: boolean
  readonly onDraft: () => void
  readonly onSave: () => void
}

function SaveButtons({ checked: { isValid, existing }, isBusy, onDraft, onSave }: SaveButtonsProps) {
  return (
    <>
      <Button
        variant={isValid ? 'default' : 'filled'}
        data-autofocus={isValid ? undefined : true}
        loading={isBusy}
        onClick={onDraft}
      >
        Open as a draft
      </Button>
      {isValid && (
        <Button data-autofocus loading={isBusy} onClick={onSave}>
          Save as version {(existing?.latest ?? 0) + 1}
        </Button>
      )}
    </>
  )
}

function Existing({ existing: { name, latest }, isSame }: { readonly existing: Workflow; readonly isSame: boolean }) {
  return (
    <p className={classes.line}>
      {isSame
        ? `${name} is here already with the same text and files, as version ${latest}. There is nothing to import.`
        : `${name} is here already, at version ${latest}. Its runs keep the version that they ran.`}
    </p>
  )
}

/** Files beyond this are counted, not named. */
const NAMED_FILES = 5

function OtherFiles({ paths }: { readonly paths: readonly string[] }) {
  if (paths.length === 0) return null
  const more = paths.length - NAMED_FILES
  return (
    <p className={classes.line}>
      Other files: <span className="mono">{paths.slice(0, NAMED_FILES).join(', ')}</span>
      {more > 0 && ` and ${more} more`}
    </p>
  )
}

function Missing({ globs }: { readonly globs: readonly string[] }) {
  return (
    <div className={classes.line}>
      <IconInfoCircle size={16} className={classes.warning} aria-hidden />
      <div>
        It names files that were not among what you chose:{' '}
        {globs.map((glob, i) => (
          <span key={glob}>
            {i > 0 && ', '}
            <span className="mono">{glob}</span>
          </span>
        ))}
        . Import the folder that holds it instead to bring them along.
      </div>
    </div>
  )
}

function Problems({ problems }: { readonly problems: readonly DefinitionProblem[] }) {
  return (
    <ul className={classes.problems}>
      {problems.map((problem) => (
        <li key={`${problem.code}${problem.path}${problem.line ?? 0}`}>
          <IconAlertTriangle
            size={16}
            className={problem.severity === 'error' ? classes.error : classes.warning}
            aria-label={problem.severity === 'error' ? 'Error' : 'Warning'}
          />
          <div className={classes.problem}>
            <div>
              <Words text={sentence(problem.message)} />
            </div>
            {problem.fix !== undefined && (
              <div className="dim">
                <Words text={sentence(problem.fix)} />
              </div>
            )}
            <div className={classes.place}>
              {problem.line !== undefined && `Line ${problem.line}`}
              {problem.path !== '' && <span className="mono"> {problem.path}</span>}
            </div>
          </div>
          <CopyButton
            value={`${problem.line ?? ''}:${problem.column ?? ''} ${problem.path} ${problem.message} ${problem.fix ?? ''}`}
            label="Copy the problem"
          />
        </li>
      ))}
    </ul>
  )
}

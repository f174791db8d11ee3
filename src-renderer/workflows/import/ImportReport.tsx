import { Button } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { DefinitionProblem } from '../../../src-shared/contract/index.ts'
import { sentence } from '../../api/index.ts'
import { CopyButton } from '../../ui/Copy.tsx'
import { Failed } from '../../ui/Notes.tsx'
import type { Bundle } from './bundle.ts'
import classes from './ImportReport.module.css'
import { type Checked, openAsDraft, publish } from './import.ts'

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
  readonly onDraft: (draft: string) => void
  readonly onPublished: (saved: { name: string; version: number }) => void
}

function Question({ checked, onDraft, onPublished }: QuestionProps) {
  const { bundle, files, existing, isValid, problems } = checked
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
  const isSame = existing !== null && existing.source === bundle.source
  return (
    <section aria-label={bundle.path} className={classes.question}>
      <h3 className={classes.path}>
        <span className="mono">{bundle.path}</span>
      </h3>
      {existing !== null && (
        <p className={classes.line}>
          {isSame
            ? `${existing.name} is here already, with the same text (version ${existing.latest}).`
            : `${existing.name} is here already, at version ${existing.latest}. Its runs keep the version that they ran.`}
        </p>
      )}
      {bundle.missing.length > 0 && <Missing globs={bundle.missing} />}
      {problems.length > 0 && <Problems problems={problems} />}
      {error !== null && <Failed error={error} what="That did not work" />}
      <div className={classes.actions}>
        <Button
          variant={isValid ? 'default' : 'filled'}
          data-autofocus={isValid ? undefined : true}
          loading={isBusy}
          onClick={() => void attempt(() => openAsDraft(bundle.source, files), onDraft)}
        >
          Open as a draft
        </Button>
        {isValid && (
          <Button data-autofocus loading={isBusy} onClick={() => void attempt(() => publish(checked), onPublished)}>
            Save as version {(existing?.latest ?? 0) + 1}
          </Button>
        )}
      </div>
    </section>
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
            <div>{sentence(problem.message.replaceAll('`', ''))}</div>
            {problem.fix !== undefined && <div className="dim">{sentence(problem.fix.replaceAll('`', ''))}</div>}
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

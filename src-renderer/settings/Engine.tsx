import { Button } from '@mantine/core'
import { useState } from 'react'
import { type EngineSettings, engineRoutes, ProblemError } from '../../src-shared/contract/index.ts'
import { bridge, call, complaintOf, keyOf, queryClient, useAsk } from '../api/index.ts'
import { restart } from '../app/EngineMenu.tsx'
import { Copyable } from '../ui/Copy.tsx'
import type { FieldValues } from '../ui/fields/index.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { say } from '../ui/say.ts'
import { EngineFields } from './EngineFields.tsx'
import { isChanged, isEngineField, problemsIn, settingsOf, valuesOf } from './engine-form.ts'
import classes from './settings.module.css'

/** Settings that the engine keeps in its data folder. */
export function Engine() {
  const answer = useAsk(engineRoutes.settings, {})
  const { data, error } = answer
  return (
    <Section title="Engine">
      {data === undefined && error === null && <Loading what="Asking for the settings of the engine…" />}
      {data === undefined && error !== null && (
        <Failed
          error={error}
          what="The settings of the engine could not be read"
          onRetry={() => void answer.refetch()}
        />
      )}
      {data !== undefined && (
        <>
          {data.restartNeeded && <RestartNotice />}
          <EngineForm key={JSON.stringify(data.settings)} settings={data.settings} />
        </>
      )}
    </Section>
  )
}

const RESTART = 'weir boot down && weir boot up --daemon'

function RestartNotice() {
  return (
    <div className={classes.notice} role="status">
      <span>The engine answers at its former address until it is started again. Runs go on meanwhile.</span>
      {bridge === null ? (
        <Copyable value={RESTART} label="Copy the command" />
      ) : (
        <Button variant="default" onClick={() => void restart()}>
          Restart the engine
        </Button>
      )}
    </div>
  )
}

function EngineForm({ settings }: { readonly settings: EngineSettings }) {
  const [values, setValues] = useState<FieldValues>(() => valuesOf(settings))
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({})
  const [error, setError] = useState<unknown>(null)
  const [isSaving, setSaving] = useState(false)
  const read = settingsOf(values)
  const save = async (body: EngineSettings): Promise<void> => {
    setSaving(true)
    setError(null)
    try {
      const saved = await call(engineRoutes.saveSettings, { body })
      queryClient.setQueryData(keyOf(engineRoutes.settings, {}), saved)
      say('The settings of the engine were saved.')
    } catch (problem) {
      const field = problem instanceof ProblemError ? fieldIn(problem.context.field) : null
      if (field === null) setError(problem)
      else setRefused({ [field]: inWords(problem) })
    } finally {
      setSaving(false)
    }
  }
  const change = (next: FieldValues): void => {
    setRefused({})
    setValues(next)
  }
  const hasChanges = isChanged(settings, values)
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (read !== null && hasChanges) void save(read)
      }}
    >
      <EngineFields values={values} onChange={change} problems={{ ...problemsIn(values), ...refused }} />
      {error !== null && <Failed error={error} what="The settings were not saved" />}
      {hasChanges && (
        <div className={classes.formActions}>
          <Button variant="default" onClick={() => change(valuesOf(settings))}>
            Take the changes back
          </Button>
          <Button type="submit" loading={isSaving} disabled={read === null}>
            Save the settings
          </Button>
        </div>
      )}
    </form>
  )
}

function inWords(problem: unknown): string {
  const { detail, fix } = complaintOf(problem)
  return fix === null ? detail : `${detail} ${fix}`
}

/** `body.listen` and `body.retention.keepRuns` are about the last of their parts. */
function fieldIn(field: string | undefined): string | null {
  const name = field?.split('.').at(-1) ?? ''
  return isEngineField(name) ? name : null
}

import { Button, NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { EngineSettings, engineRoutes, ProblemError } from '../../src-shared/contract/index.ts'
import { bridge, useAsk, useChange } from '../api/index.ts'
import { restart } from '../app/EngineMenu.tsx'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { say } from '../ui/say.ts'
import { Setting } from './Setting.tsx'
import classes from './Settings.module.css'

const LEVELS = EngineSettings.shape.logLevel.options

/** Settings of the engine: they hold for everybody who uses it. */
export function Engine() {
  const asked = useAsk(engineRoutes.settings, {})
  return (
    <Section title="Engine">
      {asked.isPending && <Loading what="Asking the engine for its settings…" />}
      {asked.isError && (
        <Failed error={asked.error} what="The settings could not be read" onRetry={() => void asked.refetch()} />
      )}
      {asked.data !== undefined && (
        <Form
          // Settings that were changed elsewhere replace what is shown; what is being typed stays until it is saved.
          key={JSON.stringify(asked.data.settings)}
          saved={asked.data.settings}
          restartNeeded={asked.data.restartNeeded}
        />
      )}
    </Section>
  )
}

function Form({ saved, restartNeeded }: { readonly saved: EngineSettings; readonly restartNeeded: boolean }) {
  const [settings, setSettings] = useState(saved)
  const save = useChange(engineRoutes.saveSettings, [engineRoutes.settings])
  const change = (changes: Partial<EngineSettings>): void => setSettings({ ...settings, ...changes })
  const keep = (changes: Partial<EngineSettings['retention']>): void =>
    change({ retention: { ...settings.retention, ...changes } })
  const isChanged = JSON.stringify(settings) !== JSON.stringify(saved)
  const deletesMore =
    settings.retention.keepRuns < saved.retention.keepRuns || settings.retention.keepDays < saved.retention.keepDays
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ body: settings }, { onSuccess: () => say('The settings are kept.') })
      }}
    >
      <Setting
        label="Keep ended runs, at most"
        id="engine-keep-runs"
        help="The oldest go first, with their logs and the files that nothing else uses."
      >
        <Amount
          id="engine-keep-runs"
          value={settings.retention.keepRuns}
          unit="runs"
          onChange={(keepRuns) => keep({ keepRuns })}
        />
      </Setting>
      <Setting label="Keep ended runs for" id="engine-keep-days">
        <Amount
          id="engine-keep-days"
          value={settings.retention.keepDays}
          unit="days"
          onChange={(keepDays) => keep({ keepDays })}
        />
      </Setting>
      <Setting label="What the engine writes into its log" id="engine-log-level" help="Counts at once.">
        <Select
          id="engine-log-level"
          data={LEVELS}
          value={settings.logLevel}
          allowDeselect={false}
          w={160}
          onChange={(value) => change({ logLevel: LEVELS.find((level) => level === value) ?? settings.logLevel })}
        />
      </Setting>
      <Setting
        label="Address of its API"
        id="engine-listen"
        help="A port, or host:port on this machine. Empty: the default. Counts from the next start of the engine."
      >
        <TextInput
          id="engine-listen"
          w={160}
          placeholder="127.0.0.1:7767"
          value={settings.listen ?? ''}
          error={faultOf(save.error, 'listen')}
          onChange={(event) =>
            change({ listen: event.currentTarget.value.trim() === '' ? null : event.currentTarget.value })
          }
        />
      </Setting>
      {save.isError && faultOf(save.error, 'listen') === null && (
        <Failed error={save.error} what="The settings were not kept" />
      )}
      <div className={classes.save}>
        {restartNeeded && !isChanged && (
          <>
            <span className="dim">The engine runs with other settings until it is started again.</span>
            {bridge !== null && (
              <Button variant="default" onClick={() => void restart()}>
                Restart it
              </Button>
            )}
          </>
        )}
        {isChanged && deletesMore && (
          <span className="dim">Runs beyond the new limits are deleted about a minute after saving.</span>
        )}
        {isChanged && (
          <Button variant="subtle" color="gray" onClick={() => setSettings(saved)}>
            Undo changes
          </Button>
        )}
        <Button type="submit" disabled={!isChanged} loading={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  )
}

interface AmountProps {
  readonly id: string
  readonly value: number
  readonly unit: string
  readonly onChange: (value: number) => void
}

function Amount({ id, value, unit, onChange }: AmountProps) {
  return (
    <>
      <NumberInput
        id={id}
        w={110}
        min={0}
        allowDecimal={false}
        thousandSeparator=","
        value={value}
        onChange={(next) => {
          if (typeof next === 'number') onChange(next)
        }}
      />
      <span className="dim">{unit}</span>
    </>
  )
}

/** What the engine said about one field. */
function faultOf(error: unknown, field: string): string | null {
  if (!(error instanceof ProblemError) || error.context.field?.endsWith(field) !== true) return null
  return `${error.message} ${error.context.fix ?? ''}`
}

import { type EngineSettings, ProblemError } from '../../src-shared/contract/index.ts'
import { readConfig, writeConfig } from './config.ts'
import { parseListen } from './http/index.ts'

export interface SettingsAnswer {
  readonly settings: EngineSettings
  /** The engine listens elsewhere until it is started again */
  readonly restartNeeded: boolean
}

/** Settings of an engine that runs. */
export interface Settings {
  get(): SettingsAnswer
  /** Writes them, and puts to use at once what can be. */
  save(settings: EngineSettings): Promise<SettingsAnswer>
}

export interface SettingsParts {
  readonly data: string
  /** Those that the engine was started with */
  readonly started: EngineSettings
  /** Puts log level and retention to use */
  readonly apply: (settings: EngineSettings) => Promise<void>
}

export function createSettings({ data, started, apply }: SettingsParts): Settings {
  const answer = (settings: EngineSettings): SettingsAnswer => ({
    settings,
    restartNeeded: settings.listen !== started.listen,
  })
  return {
    get: () => answer(readConfig(data)),
    async save(given) {
      const settings = { ...given, listen: given.listen === '' ? null : given.listen }
      refuseListen(settings.listen)
      // A file that a person wrote meanwhile, and that cannot be read, is theirs to mend: it is not written over.
      readConfig(data)
      writeConfig(data, settings)
      await apply(settings)
      return answer(settings)
    },
  }
}

/** The rule of the start: what it would refuse must not wait in the file for it. */
function refuseListen(listen: string | null): void {
  if (listen === null) return
  try {
    parseListen(listen)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    throw new ProblemError(error.code, error.message, { ...error.context, field: 'body.listen' })
  }
}

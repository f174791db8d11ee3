import { runWorkflow, StepError, target, task, workflow } from 'weir-sdk'

/** The TypeScript half of what calls the other language: `ours` is the Python half. */
const ours = target<(value: unknown) => unknown>('ours/echo_py')

export class TooCold extends Error {}

export const echo_ts = task({ cache: true }, (value: unknown) => value)

export const freezes_ts = task((): void => {
  throw new TooCold('below zero')
})

export const passes_ts = workflow((value: unknown) => ours(value))

export const catches_ts = workflow(async () => {
  try {
    await target<() => void>('ours/freezes_py')()
  } catch (error) {
    if (error instanceof StepError && error.cause instanceof Error) {
      return [error.type, error.message, String(error.cause.stack)]
    }
  }
  return []
})

export const chain_ts = workflow(async () =>
  echo_ts([ours.submit({ n: 1 }), await runWorkflow<number>('size_py', { text: 'grün' }).result()]),
)

export const size_ts = workflow((text: string) => text.length)

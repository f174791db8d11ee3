import { notifications } from '@mantine/notifications'
import { complaintOf } from '../api/problem.ts'

/** Says in a corner that something was done. */
export const say = (message: string): void => void notifications.show({ message, autoClose: 4000 })

/** Says in a corner that something failed, why, and what to do; stays until it is read. */
export function sayFailed(what: string, error: unknown): void {
  const { detail, fix } = complaintOf(error)
  notifications.show({
    title: what,
    message: fix === null ? detail : `${detail} ${fix}`,
    color: 'red',
    autoClose: 12_000,
  })
}

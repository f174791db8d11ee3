import { z } from 'zod'

/** What a signed-in user may be granted. One table for the server, the documents, the CLI and the screens. */
export const permissions = {
  SHELL: 'Open, attach to and end shells',
  OBJECT: 'List, read and change files, blobs and assets',
  WORKFLOW: 'Define workflows; start, watch and cancel runs',
  PROXY: 'Define proxy routes',
  BRIDGE: 'Connect this engine with others',
  PLATFORM: 'Manage images, containers, networks and volumes',
  READ_ONLY: 'Takes away every change from what it is combined with',
  MASTER: 'Everything, and alone: users, keys and the engine itself',
} as const

export type Permission = keyof typeof permissions
export const Permission = z.enum(Object.keys(permissions) as [Permission, ...Permission[]])

/** What a route asks for. `PUBLIC` needs no sign-in, `SIGNED_IN` any user. */
export type Requirement = Exclude<Permission, 'READ_ONLY'> | 'PUBLIC' | 'SIGNED_IN'

/**
 * Whether a user with `granted` may use a route that requires `required`.
 * @param change whether the route changes, creates, executes or transfers anything
 */
export function allows(granted: readonly Permission[], required: Requirement, change: boolean): boolean {
  if (required === 'PUBLIC') return true
  if (change && granted.includes('READ_ONLY')) return false
  if (granted.includes('MASTER')) return true
  return required === 'SIGNED_IN' ? granted.length > 0 : granted.includes(required)
}

import type { Answer, routes as allRoutes } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import type { LocalSource } from './source.ts'
import { uploadSourceFiles } from './upload.ts'

export type Applied = Answer<typeof allRoutes.workflows.apply>

/**
 * Saves a definition with its files; faults in it are reported with their place in the file.
 * @param base refuse when the newest version is another one; 0: when there is any
 */
export async function applySource(session: Session, source: LocalSource, base?: number): Promise<Applied> {
  const { client, routes, project } = session
  session.context.source = source // whatever goes wrong from here on is shown in this text
  const files = await uploadSourceFiles(session, source)
  const applied = await client.call(routes.workflows.apply, {
    params: { project },
    body: { source: source.text, files, ...(base === undefined ? {} : { base }) },
  })
  session.context.source = null
  return applied
}

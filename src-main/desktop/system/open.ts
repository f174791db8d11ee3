import { basename } from 'node:path'
import type { OpenRequest } from '../../../src-shared/desktop/bridge.ts'
import { DocumentProblem, type Documents, isDocumentName } from '../documents/index.ts'
import { routeOfLink } from '../routes.ts'

const LINK = /^weir:/i
const SHOWN_LENGTH = 100

/** What a screen shall do with a file or link that the system asked Weir to open. */
export async function requestFor(target: string, documents: Documents): Promise<OpenRequest> {
  if (LINK.test(target)) {
    const path = routeOfLink(target)
    if (path !== null) return { kind: 'route', path }
    return {
      kind: 'problem',
      message: `The link ${target.slice(0, SHOWN_LENGTH)} leads to no screen of Weir.`,
      fix: 'Links look like weir://runs/k3m9abcd or weir://workflows/digits.',
    }
  }
  if (!isDocumentName(target)) {
    return {
      kind: 'problem',
      message: `${basename(target)} is not the definition of a workflow.`,
      fix: 'Definitions are named weir.yaml or end in .weir.yaml.',
    }
  }
  try {
    return { kind: 'document', document: await documents.open(target) }
  } catch (error) {
    if (error instanceof DocumentProblem) return { kind: 'problem', message: error.message, fix: error.fix }
    throw error
  }
}

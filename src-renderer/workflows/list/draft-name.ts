import type { DraftSummary } from '../../../src-shared/contract/index.ts'

const NAME_LINE = /^name:[ \t]*(?:"([^"]*)"|'([^']*)'|([^#\n]*))/m

/** What a draft is called: the workflow that it changes, else the name in its text, else its file. */
export function draftName({ workflow, origin }: Pick<DraftSummary, 'workflow' | 'origin'>, source: string): string {
  const match = NAME_LINE.exec(source)
  const typed = (match?.[1] ?? match?.[2] ?? match?.[3] ?? '').trim()
  return workflow ?? (typed === '' ? (origin?.split(/[/\\]/).at(-1) ?? 'New workflow') : typed)
}

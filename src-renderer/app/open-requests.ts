import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { bridge, named, PROJECT, Refusal, switchProject } from '../api/index.ts'
import { fileIsNow } from '../builder/files-on-disk.ts'
import { sayFailed } from '../ui/say.ts'
import { draftOfDocument } from '../workflows/open-document.ts'

/** An address may name a project: another one than this window's is shown by loading it anew. */
function goTo(path: string, push: (path: string) => void): void {
  const project = named(path)
  if (project === null || project === PROJECT) push(path)
  else switchProject(project, path)
}

/** Follows what the system asks to open: a double-clicked definition becomes a draft, a link becomes a screen. */
export function useOpenRequests(): void {
  const navigate = useNavigate()
  const router = useRouter()
  useEffect(() => bridge?.documents.onChange(fileIsNow), [])
  useEffect(
    () =>
      bridge?.app.onOpen((request) => {
        if (request.kind === 'route') goTo(request.path, (path) => router.history.push(path))
        else if (request.kind === 'problem') sayFailed('That could not be opened', new Refusal(request))
        else {
          draftOfDocument(request.document)
            .then((draft) => navigate({ to: '/drafts/$draft', params: { draft } }))
            .catch((error: unknown) => sayFailed(`${request.document.name} could not be opened`, error))
        }
      }),
    [navigate, router],
  )
}

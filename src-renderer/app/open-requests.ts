import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { bridge, Refusal } from '../api/index.ts'
import { fileIsNow } from '../builder/files-on-disk.ts'
import { sayFailed } from '../ui/say.ts'
import { draftOfDocument } from '../workflows/open-document.ts'

/** Follows what the system asks to open: a double-clicked definition becomes a draft, a link becomes a screen. */
export function useOpenRequests(): void {
  const navigate = useNavigate()
  const router = useRouter()
  useEffect(() => bridge?.documents.onChange(fileIsNow), [])
  useEffect(
    () =>
      bridge?.app.onOpen((request) => {
        if (request.kind === 'route') router.history.push(request.path)
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

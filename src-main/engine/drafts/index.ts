export { draftHandlers } from './routes.ts'
export { createDraftService, type DraftService } from './service.ts'

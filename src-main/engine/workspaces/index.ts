export { createNames, type Names } from './names.ts'
export { workspaceHandlers } from './routes.ts'
export { createWorkspaceService, type WorkspaceService } from './service.ts'

export { createNames, type Names } from './names.ts'
export { workspaceHandlers } from './routes.ts'
export { scopeFrom } from './scope.ts'
export { createWorkspaceService, type WorkspaceService } from './service.ts'

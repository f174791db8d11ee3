export { targetHandlers } from './routes.ts'
export { createModuleService, type ModuleService } from './service.ts'

export { toRunEvents } from './events.ts'
export { runHandlers } from './routes.ts'
export { createRunService, type RunService } from './service.ts'

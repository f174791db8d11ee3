export type { Project } from './project.ts'
export { projectHandlers } from './routes.ts'
export { DEFAULT_PROJECT, openProjects, type Projects, type ProjectsOptions } from './service.ts'
export type { WorkerLine, WorkerSocket } from './worker-lines.ts'

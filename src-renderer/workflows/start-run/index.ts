export { openStartRun, type StartRunOptions } from './open-start-run.tsx'

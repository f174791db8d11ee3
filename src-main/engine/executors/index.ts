export { collectOutputs } from './collect.ts'
export { type KeptCommand, readCommand } from './command-file.ts'
export { type ContainerExecutor, createContainerExecutor, dockerStatus } from './container/index.ts'
export type { CallJob, CodeCalls, Executor, Job, Outcome, Report, ReportListener, WorkerOffer } from './executor.ts'
export { asFailure, ExecutionError, errnoOf, OutputError } from './failure.ts'
export { type ExecutionFolder, executionFolder } from './folder.ts'
export { InOrder } from './in-order.ts'
export { type LogText, type ReadLogOptions, readLog, readLogBatches } from './logs.ts'
export { maskText, secretTexts } from './mask.ts'
export { type MetricPoint, readMetrics } from './metrics.ts'
export { prepareFolder, type RenderedJob, renderJob } from './prepare.ts'
export {
  createProcessExecutor,
  identify,
  isAlive,
  type ProcessExecutorParts,
  type ProcessIdentity,
} from './process/index.ts'
export { type FromSocket, type HubParts, type LiveWorker, type ToSocket, WorkerHub } from './worker/index.ts'

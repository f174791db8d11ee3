export { type ContainerExecutor, type ContainerExecutorOptions, createContainerExecutor } from './container-executor.ts'
export { type DockerStatus, dockerStatus } from './status.ts'

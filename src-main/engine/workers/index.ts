export { workerHandlers } from './routes.ts'
export { type WorkerGate, type WorkerSockets, workerSockets } from './socket.ts'

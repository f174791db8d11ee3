export { type WorkerGate, type WorkerSockets, workerSockets } from './socket.ts'

export { briefArguments, namedArguments } from './arguments.ts'
export { briefSize, briefValue, bytesSize } from './brief.ts'

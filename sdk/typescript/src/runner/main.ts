import { Runner } from './runner.ts'

/** An executor: a process that runs code of modules. Started by the worker only, which talks over two pipes. */
new Runner().start()

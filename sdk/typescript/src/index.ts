/**
 * Weir for TypeScript: write workflows as functions, see README.md.
 *
 * @packageDocumentation
 */

export { input, secret } from './ask.ts'
export { Client, type ClientOptions, type RunInfo, type RunLogLine, type TargetInfo } from './client/client.ts'
export { Run } from './client/run.ts'
export type { Span } from './durations.ts'
export { Cancelled, EngineRefusal, StepError, TimedOut } from './errors.ts'
export { type AssetOptions, asset, blob, restore } from './files.ts'
export { Handle, handleOf, type Poll } from './handle.ts'
export { context, type ExecutionContext } from './host.ts'
export type { CacheOptions, ConcurrencyOptions, DeferOptions, Options, RetryOptions } from './options.ts'
export { type Fields, log, metric, progress } from './report.ts'
export {
  type Arg,
  type Args,
  type Callable,
  runWorkflow,
  type Target,
  type TargetOf,
  target,
  task,
  workflow,
} from './target.ts'
export type { AssetFile } from './values/asset-file.ts'
export { Duration, PlainDate, PlainDateTime, Record, StepRef, Tuple, ZonedDateTime } from './values/classes.ts'
export { type Codec, codec } from './values/codecs.ts'
export { ValueError } from './values/encode.ts'
export { Asset, Blob } from './values/files.ts'
export type { Settled } from './values/settled.ts'
export { gather, group, type Selected, type SelectOptions, select, suspend, suspense } from './waiting.ts'

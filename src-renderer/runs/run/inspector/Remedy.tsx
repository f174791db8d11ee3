import type { Failure } from '../../../../src-shared/contract/index.ts'
import { sentence } from '../../../api/index.ts'
import classes from './inspector.module.css'

/** Failures whose details are the last lines of the log, which is shown below. */
const SAID_BY_LOG = new Set(['exit_code', 'signal', 'oom', 'timeout'])
/** Its advice is to read the log. */
const ADVISED_BY_LOG = 'exit_code'

/** What to do about a failure, and its details where the log does not hold them. */
export function Remedy({ error: { code, fix, details } }: { readonly error: Failure }) {
  return (
    <>
      {fix !== undefined && code !== ADVISED_BY_LOG && <div className="dim">{sentence(fix)}</div>}
      {details !== undefined && !SAID_BY_LOG.has(code) && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <pre className={`${classes.details} mono`} tabIndex={0}>
          {details}
        </pre>
      )}
    </>
  )
}

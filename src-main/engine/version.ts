import { version } from '../../package.json'

/** Version of Weir, e.g. `0.1.0`. */
export const WEIR_VERSION: string = version

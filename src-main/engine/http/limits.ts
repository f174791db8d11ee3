/** Largest JSON body; a definition may hold 10 MB of text, which JSON escapes. File bodies stream without a limit. */
export const JSON_BODY_LIMIT_BYTES = 16 * 1024 * 1024
/** Longest time for a JSON body to arrive. Streamed bodies take as long as they take. */
export const JSON_BODY_TIMEOUT_MS = 60_000
/** Longest time for the head of a request to arrive. */
export const HEADERS_TIMEOUT_MS = 30_000
/** How often Node looks for requests that are over their time. */
export const CONNECTION_CHECK_MS = 10_000
/** Largest head of a request: more than Node's 16 KiB, for long tokens and cursors. */
export const MAX_HEADER_BYTES = 32 * 1024
/** How long an idle connection is kept for the next request. */
export const KEEP_ALIVE_MS = 65_000
/** Connections of one listener at the same time; more are closed at once. */
export const MAX_CONNECTIONS = 2_000
/** Longest value of a path parameter, after decoding. */
export const MAX_PARAM_LENGTH = 500
/** Longest Idempotency-Key. */
export const MAX_IDEMPOTENCY_KEY = 200
/** How long the first piece of a stream is awaited, so that an early failure can still be answered as a problem. */
export const FIRST_PIECE_WAIT_MS = 100
/** Lines that are ready at once are sent in pieces of this size. */
export const LINES_PIECE_CHARS = 32 * 1024
/** How long a stopping engine waits for answers that are being made. */
export const STOP_GRACE_MS = 10_000

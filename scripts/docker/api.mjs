import http from 'node:http'

/**
 * The few calls of the Docker API that the test engine needs.
 */

const CALL_TIMEOUT_MS = 60_000
const PING_TIMEOUT_MS = 2_000

/** Where an engine listens: `unix:///path` or `tcp://host:port` as options of `http.request`. */
const addressOf = (host) => {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  const url = new URL(host.includes('://') ? host : `tcp://${host}`)
  return { host: url.hostname, port: Number(url.port || 2375) }
}

/**
 * One call. `body` is JSON, or a stream that is sent as it is. Resolves with the status and the text of the answer.
 * @param {string} host
 * @param {string} method
 * @param {string} path
 * @param {{ json?: unknown, stream?: import('node:stream').Readable, timeoutMs?: number }} [options]
 * @returns {Promise<{ status: number, text: string }>}
 */
export const callDocker = (host, method, path, options = {}) =>
  new Promise((resolve, reject) => {
    const headers = {}
    const body = options.json === undefined ? undefined : JSON.stringify(options.json)
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (options.stream !== undefined) headers['content-type'] = 'application/x-tar'
    const timeout = options.timeoutMs ?? CALL_TIMEOUT_MS
    const request = http.request({ ...addressOf(host), method, path, headers, agent: false, timeout }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    request.on('timeout', () => request.destroy(new Error(`${method} ${path} got no answer within ${timeout} ms`)))
    request.on('error', reject)
    if (options.stream === undefined) {
      request.end(body)
      return
    }
    options.stream.on('error', (error) => request.destroy(error))
    options.stream.pipe(request)
  })

/** Whether an engine answers there. */
export const answers = async (host) => {
  try {
    return (await callDocker(host, 'GET', '/_ping', { timeoutMs: PING_TIMEOUT_MS })).status === 200
  } catch {
    // Any failure to connect means the same here: nobody answers.
    return false
  }
}

import { createServer, request } from 'node:http'
import { join } from 'node:path'

/**
 * The test engine as seen from another machine: passes every call on, but what a container asks to mount from our disk is
 * not there. Answers the address, and how many containers were asked for with mounts.
 */
export async function blindEngine(folder: string, host: string) {
  const socketPath = host.slice('unix://'.length)
  let refusedMounts = 0
  const server = createServer((asked, answer) => {
    const isCreate = asked.method === 'POST' && asked.url?.startsWith('/containers/create') === true
    const { 'content-length': _length, ...headers } = asked.headers
    const sent = request(
      { socketPath, method: asked.method, path: asked.url, headers: isCreate ? headers : asked.headers, agent: false },
      (got) => {
        answer.writeHead(got.statusCode ?? 500, got.headers)
        answer.flushHeaders()
        got.pipe(answer)
      },
    )
    sent.on('error', () => answer.destroy())
    if (!isCreate) {
      asked.pipe(sent)
      return
    }
    const chunks: Buffer[] = []
    asked.on('data', (chunk: Buffer) => chunks.push(chunk))
    asked.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      if (text.includes('"Source"')) refusedMounts++
      sent.end(text.replaceAll('"Source":"/', '"Source":"/not-on-this-machine/'))
    })
  })
  const address = join(folder, 'blind.sock')
  await new Promise<void>((listening) => server.listen(address, listening))
  return {
    host: `unix://${address}`,
    refusedMounts: () => refusedMounts,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

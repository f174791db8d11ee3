import { problemCodes } from '../../../src-shared/contract/index.ts'
import type { Tables } from './openapi.ts'
import type { Api, Page } from './server.ts'

/** Swagger UI styles elements in place; everything else comes from the engine itself. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** `/api/openapi.json`, the documentation page `/api/docs` and the table of errors `/docs/errors`. */
export function mountDocs(api: Api, tables: Tables, version: string): void {
  api.page('/api/openapi.json', async () => {
    const { openApiOf } = await import('./openapi.ts')
    return { type: 'application/json; charset=utf-8', body: JSON.stringify(openApiOf(tables, version)) }
  })
  api.page('/api/docs', () => html(DOCS_PAGE, DOCS_POLICY))
  api.page('/api/docs/start.js', () => ({ type: SCRIPT, body: START }))
  // 1.5 MB of text: read only when somebody opens the page.
  api.page('/api/docs/swagger-ui.js', async () => ({ type: SCRIPT, body: (await import('./docs-assets.ts')).script }))
  api.page('/api/docs/swagger-ui.css', async () => ({
    type: 'text/css; charset=utf-8',
    body: (await import('./docs-assets.ts')).style,
  }))
  api.page('/docs/errors', () =>
    html(errorsPage(), "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
  )
}

const SCRIPT = 'text/javascript; charset=utf-8'

const html = (body: string, policy: string): Page => ({
  type: 'text/html; charset=utf-8',
  body,
  headers: { 'content-security-policy': policy },
})

const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weir API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`

/** `validatorUrl: null` keeps the page from sending the document to a server on the internet. */
const START = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
})
`

function errorsPage(): string {
  const rows = Object.entries(problemCodes)
    .map(
      ([code, [status, title]]) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`,
    )
    .join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weir: errors of the API</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid #8884 }
tr:target { background: #fd04 }
</style>
</head>
<body>
<h1>Errors of the API</h1>
<p>Every error is a problem (RFC 9457): <code>code</code> never changes its meaning, <code>detail</code> says what
happened and why, <code>fix</code> what to do, <code>field</code> which part of the request is at fault.</p>
<table>
<thead><tr><th>code</th><th>status</th><th>meaning</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</body>
</html>
`
}

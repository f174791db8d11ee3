import type { Bytes } from '../http/index.ts'

/**
 * What a file may do that a browser shows. It may hold scripts of anybody: they run in an origin of their own (`sandbox`
 * without `allow-same-origin`), where nothing of the engine can be read, and reach no network: no requests, no forms, no
 * pop-ups, no downloads. Its own inline scripts and styles work, and so do files of the same asset beside it. `eval`
 * stays allowed, because plotting libraries need it and it gives a script nothing that it has not.
 *
 * A page in a frame could still leave by going elsewhere itself: only the page around it can forbid that, with its
 * `frame-src`. The screens do; where a file is opened by itself, {@link frameOf} is around it.
 *
 * Two small ways out are left that no header closes in Chromium 156: a page can make the browser open a bare connection
 * (`preconnect`) to a host whose name it chose, and WebRTC asks STUN servers (the desktop lets it send nothing; browsers
 * complain of the directive `webrtc`, which was meant for that, and none obeys it). Neither reads anything of the engine.
 */
const SANDBOXED = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
  "style-src 'self' 'unsafe-inline' data: blob:",
  "img-src 'self' data: blob:",
  "font-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  'worker-src blob:',
  "connect-src 'none'",
  "object-src 'none'",
  "frame-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
]

/** The screens, in a browser and in the desktop, may frame a view; nobody else. */
const FRAMED = "frame-ancestors 'self' app://weir"

/** A PDF holds no scripts of a page, and older browsers show none inside a sandbox. */
const PDF = ["default-src 'none'", "style-src 'unsafe-inline'", "object-src 'self'", "form-action 'none'"]

const PDF_TYPE = 'application/pdf'
/** Types whose files can hold scripts. */
const ACTIVE = /^(text\/html|application\/xhtml\+xml|image\/svg\+xml|(text|application)\/xml)\b/

/** A file as a view answers with it: in the browser's own type, unless it is to be saved. */
export function viewed(bytes: Bytes, { download }: { readonly download: boolean }): Bytes {
  const policy = bytes.type === PDF_TYPE ? PDF : SANDBOXED
  return {
    ...bytes,
    headers: {
      'content-security-policy': [...policy, FRAMED].join('; '),
      'x-frame-options': null,
      // The sandboxed page is of no origin, so that to a browser its own files are those of a stranger.
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': 'null',
      'x-dns-prefetch-control': 'off',
      'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), midi=()',
      'cache-control': 'private, no-cache',
      vary: 'sec-fetch-dest',
      ...(download ? {} : { 'content-disposition': null }),
    },
  }
}

/** Whether a file that is opened by itself needs a page around it, see {@link SANDBOXED}. */
export const needsFrame = (type: string | null): boolean => ACTIVE.test(type ?? '')

const FRAME_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A page that is nothing but a frame around the file `name` beside it. */
export function frameOf(name: string): Bytes {
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<style>html, body { height: 100%; margin: 0 } iframe { display: block; width: 100%; height: 100%; border: 0 }</style>
</head>
<body><iframe src="./${encodeURIComponent(name)}" title="${escaped(name)}"></iframe></body>
</html>
`
  const body = Buffer.from(page)
  return {
    body: one(body),
    size: body.length,
    type: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': FRAME_POLICY, vary: 'sec-fetch-dest' },
  }
}

async function* one(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

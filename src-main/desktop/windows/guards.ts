import { app, type Session, session, shell, type WebContents } from 'electron'
import { log } from '../log.ts'
import { ORIGIN } from '../places.ts'

/**
 * What no page may do, whatever it is: leave the screens, open windows, embed others, use devices, or reach a network. Set
 * for every content that is ever made, so that none is forgotten.
 */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
  app.on('certificate-error', (event, _contents, url, error, _certificate, decide) => {
    event.preventDefault()
    log(`a certificate of ${url.slice(0, 200)} was refused: ${error}`)
    decide(false)
  })
  app.on('select-client-certificate', (event) => event.preventDefault())
  app.on('login', (event) => event.preventDefault())
}

/** The same for what belongs to the session: permissions, and requests to anywhere but the screens. */
export function guardSession(own: Session = session.defaultSession): void {
  own.setPermissionRequestHandler((contents, permission, answer) => {
    answer(permission === 'clipboard-sanitized-write' && isScreen(contents.getURL()))
  })
  own.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isScreen(`${origin}/`),
  )
  own.setDevicePermissionHandler(() => false)
  own.webRequest.onBeforeRequest({ urls: OUTSIDE }, ({ url }, answer) => {
    log(`a request to ${url.slice(0, 200)} was refused`)
    answer({ cancel: true })
  })
}

const OUTSIDE = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*']

function guard(contents: WebContents): void {
  // No header closes this way out for the script of a report: see view-policy.ts.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url)
    return { action: 'deny' }
  })
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame ? isScreen(event.url) : isFrame(event.url)) return
    event.preventDefault()
    if (event.isMainFrame) openOutside(event.url)
    else log(`a frame was kept from going to ${event.url.slice(0, 200)}`)
  })
  contents.on('will-redirect', (event) => {
    if (event.isMainFrame ? isScreen(event.url) : isFrame(event.url)) return
    event.preventDefault()
    log(`a redirect to ${event.url.slice(0, 200)} was refused`)
  })
}

/** Whether this is the one page that windows show; its screens differ behind the `#`. */
export const isScreen = (url: string): boolean => {
  const { origin, pathname } = partsOf(url)
  return origin === ORIGIN && (pathname === '/' || pathname === '/index.html')
}

/** Whether a frame inside of the screens may show this: files of assets, and what the screens write there themselves. */
const isFrame = (url: string): boolean => {
  const { origin, pathname } = partsOf(url)
  return url === 'about:srcdoc' || url === 'about:blank' || (origin === ORIGIN && VIEWS.test(pathname))
}
const VIEWS = /^\/api\/v1\/views\//

function partsOf(url: string): { origin: string; pathname: string } {
  if (!URL.canParse(url)) return { origin: '', pathname: '' }
  // Node gives schemes of its own making no origin.
  const { protocol, host, pathname } = new URL(url)
  return { origin: `${protocol}//${host}`, pathname }
}

/** Links to the web open in the person's browser; other schemes, which could start programs, lead nowhere. */
function openOutside(url: string): void {
  if (!isWebAddress(url)) {
    log(`a link to ${url.slice(0, 200)} was refused`)
    return
  }
  shell.openExternal(url).catch((error: unknown) => log(`${url.slice(0, 200)} could not be opened`, error))
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** https anywhere; http on this machine only, where the console and what steps serve is. */
export function isWebAddress(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))
}

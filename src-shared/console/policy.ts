/**
 * What the page of the screens may do, in a browser and in the desktop: its own scripts, its own engine, views of assets
 * in frames, and nothing from elsewhere. Styles in place are needed by the kit and by the canvas, which puts nodes where
 * they belong with them.
 */
export const SCREENS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

import type { WeirBridge } from '../../src-shared/desktop/bridge.ts'

declare global {
  interface Window {
    /** Put there by the desktop's preload script; absent in the console. */
    readonly weir?: WeirBridge
  }
}

/** The desktop around these screens, or null in a browser. */
export const bridge: WeirBridge | null = window.weir ?? null

import { DEFAULT_PORT } from '../../http/index.ts'
import type { Check } from '../check.ts'

export const listener: Check = {
  id: 'listener',
  title: 'Addresses of the API',
  check({ listen }) {
    const url = listen.find((address) => address.startsWith('http:'))
    const detail = `The API answers at ${listen.join(' and ')}.`
    if (url === undefined) {
      return {
        status: 'warning',
        detail,
        fix: 'Start the engine with --listen to reach it from browsers and other programs.',
      }
    }
    const isDefault = url.endsWith(`:${DEFAULT_PORT}`)
    return {
      status: 'ok',
      detail: isDefault ? detail : `${detail} Its port can differ at the next start unless --listen names one.`,
    }
  },
}

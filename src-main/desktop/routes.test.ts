import { expect, test } from 'vitest'
import { isRoute, routeOfLink } from './routes.ts'

test.each([
  ['weir://runs/k3m9abcd', '/runs/k3m9abcd'],
  ['weir://runs/k3m9abcd/', '/runs/k3m9abcd'],
  ['WEIR://runs/k3m9abcd?tab=logs', '/runs/k3m9abcd?tab=logs'],
  ['weir:///workflows/digits', '/workflows/digits'],
  ['weir:settings', '/settings'],
  ['weir://', '/'],
])('%s leads to %s', (link, route) => {
  expect(routeOfLink(link)).toBe(route)
})

test.each([
  'weir://evil.example/x',
  'weir://runs/../settings',
  'weir://runs//evil.example',
  'weir://runs/<script>',
  'weir://runs/a b',
  'weir://runs/\\\\host\\share',
  `weir://runs/${'a'.repeat(3000)}`,
  'https://runs/k3m9abcd',
  'weir://api/v1/engine',
])('%s leads nowhere', (link) => {
  expect(routeOfLink(link)).toBeNull()
})

test('routes of screens', () => {
  expect(isRoute('/')).toBe(true)
  expect(isRoute('/runs?status=failed&search=%22a%22')).toBe(true)
  expect(isRoute('runs')).toBe(false)
  expect(isRoute('/runs#x')).toBe(false)
  expect(isRoute('//host')).toBe(false)
  expect(isRoute('/?x=1')).toBe(true)
})

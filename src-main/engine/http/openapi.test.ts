import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemCodes, type Route, routes } from '../../../src-shared/contract/index.ts'
import { mountDocs } from './docs.ts'
import { openApiOf } from './openapi.ts'
import { startTestApi, type TestApi } from './test-api.ts'

interface Operation {
  readonly operationId: string
  readonly 'x-permission': string
  readonly responses: Record<string, unknown>
  readonly parameters?: { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly required: boolean }
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, unknown> }
}

const document = openApiOf(routes, '1.2.3') as unknown as Document
const all: readonly Route[] = Object.values(routes).flatMap((table) => Object.values(table))

/** OpenAPI has no word for the rest of a path. */
const printed = (route: Route): string => route.path.replace('*}', '}')

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>)
    expect(result).toEqual({ valid: true })
  })

  test('has every route with its permission and its problems', () => {
    for (const route of all) {
      const operation = document.paths[printed(route)]?.[route.method.toLowerCase()]
      expect(operation).toMatchObject({ operationId: route.id, 'x-permission': route.permission })
      const statuses = (route.problems ?? []).map((code) => String(problemCodes[code as keyof typeof problemCodes][0]))
      for (const status of [...statuses, '400', '401', '403', '500'])
        expect(operation?.responses).toHaveProperty(status)
    }
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    expect(operations).toHaveLength(all.length)
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(all.length)
  })

  test('has every parameter of every path', () => {
    for (const route of all) {
      const names = [...printed(route).matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const parameters = document.paths[printed(route)]?.[route.method.toLowerCase()]?.parameters ?? []
      expect(
        parameters
          .filter((one) => one.in === 'path')
          .map(({ name }) => name)
          .sort(),
      ).toEqual(names.sort())
    }
  })

  test('refers only to schemas that are in it', () => {
    const text = JSON.stringify(document)
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1])
    expect(references.length).toBeGreaterThan(50)
    for (const reference of references) {
      expect(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)).toContain(
        reference,
      )
    }
  })

  test('lets callers leave out what has a default, and promises it in answers', () => {
    const list = document.paths['/api/v1/projects/{project}/runs']
    expect(list?.get?.parameters).toContainEqual(
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
    )
    expect(list?.post?.parameters?.map(({ name }) => name)).toEqual(['project', 'Idempotency-Key'])
    expect(document.paths['/api/v1/projects/{project}/runs/{run}/cancel']?.post?.requestBody?.required).toBe(false)
    expect(document.components.schemas.WorkflowSourceInput).toMatchObject({ required: ['source'] })
    expect(document.components.schemas.WorkflowSource).toMatchObject({ required: ['source', 'files'] })
  })
})

describe('the documentation', () => {
  let server: TestApi
  beforeAll(async () => {
    server = await startTestApi({ mount: (_mount, api) => mountDocs(api, routes, '1.2.3') })
  })
  afterAll(() => server.stop())

  test('is a page that needs nothing from elsewhere', async () => {
    const page = await fetch(`${server.url}/api/docs`)
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe-eval|https?:|script-src[^;]*unsafe/)
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(addresses.filter((address) => /^(https?:)?\/\//.test(address))).toEqual([])
    for (const address of addresses.filter((address) => address.startsWith('/'))) {
      const answer = await fetch(server.url + address)
      const text = await answer.text()
      expect([address, answer.status]).toEqual([address, 200])
      // The test runner empties every style sheet that is imported; the built engine is asked in main.int.test.ts.
      if (!address.endsWith('.css')) expect(text.length).toBeGreaterThan(100)
    }
  })

  test('serves the document, and explains every error', async () => {
    const answer = await fetch(`${server.url}/api/openapi.json`)
    expect(await answer.json()).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } })
    const errors = await (await fetch(`${server.url}/docs/errors`)).text()
    for (const code of Object.keys(problemCodes)) expect(errors).toContain(`id="${code}"`)
  })
})

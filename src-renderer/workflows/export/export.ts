import { type AssetFile, assetRoutes, type Workflow, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { call, client, PROJECT } from '../../api/index.ts'
import { plural } from '../../ui/format.ts'
import { saveAs } from '../../ui/save.ts'
import { say } from '../../ui/say.ts'
import { type TarEntry, tarOf } from './tar.ts'

const newest = (workflow: string): Promise<Workflow> =>
  call(workflowRoutes.get, { params: { project: PROJECT, workflow }, query: {} })

/** Saves the text of the newest version. */
export async function exportYaml(name: string): Promise<void> {
  const workflow = await newest(name)
  saveAs(`${name}.weir.yaml`, workflow.source, 'application/yaml;charset=utf-8')
  const without = workflow.files.length === 0 ? '' : ` Its ${plural(workflow.files.length, 'file')} are not in it.`
  say(`Version ${workflow.version} of ${name} was saved as YAML.${without}`)
}

/** Saves the newest version with its files, as a folder in an archive. */
export async function exportTar(name: string): Promise<void> {
  const workflow = await newest(name)
  const definition = { path: `${name}/weir.yaml`, body: new TextEncoder().encode(workflow.source) }
  const entries: TarEntry[] = [definition]
  for (const file of workflow.files) entries.push(await entryOf(name, file))
  saveAs(`${name}-v${workflow.version}.tar`, tarOf(entries, Date.parse(workflow.updatedAt)))
  say(`Version ${workflow.version} of ${name} was saved: weir.yaml and ${plural(workflow.files.length, 'file')}.`)
}

async function entryOf(folder: string, { path, digest, executable }: AssetFile): Promise<TarEntry> {
  const { body } = await client().bytes(assetRoutes.getBlob, { params: { project: PROJECT, digest } })
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const chunk of body) parts.push(new Uint8Array(chunk))
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
  return { path: `${folder}/${path}`, body: bytes, isExecutable: executable === true }
}

import { modals } from '@mantine/modals'
import { type Project, projectRoutes } from '../../src-shared/contract/index.ts'
import { call, DEFAULT_PROJECT, keyOf, PROJECT, queryClient, switchProject } from '../api/index.ts'
import { confirm } from '../ui/Confirm.tsx'
import { say, sayFailed } from '../ui/say.ts'
import { ProjectForm } from './ProjectForm.tsx'

const refresh = (): void => {
  for (const route of [projectRoutes.list, projectRoutes.get])
    void queryClient.invalidateQueries({ queryKey: keyOf(route) })
}

/** Asks for a name, makes the project and shows it. */
export function openNewProject(): void {
  openForm('New project', null, 'Make project', async (content) => {
    await call(projectRoutes.create, { body: content })
    switchProject(content.name)
  })
}

export function openProjectSettings(project: Project): void {
  openForm(`Project ${project.name}`, project, 'Save', async (content) => {
    await call(projectRoutes.update, { params: { project: project.name }, body: content })
    refresh()
    // This window would go on asking for the old name.
    if (project.name === PROJECT && content.name !== PROJECT) switchProject(content.name, '/projects')
  })
}

function openForm(
  title: string,
  project: Project | null,
  verb: string,
  save: (content: { name: string; description: string }) => Promise<void>,
): void {
  const modalId = crypto.randomUUID()
  modals.open({
    modalId,
    title,
    children: <ProjectForm project={project} verb={verb} onSave={save} onDone={() => modals.close(modalId)} />,
  })
}

export async function setArchived(project: Project, isArchived: boolean): Promise<void> {
  const { name } = project
  try {
    await call(isArchived ? projectRoutes.archive : projectRoutes.unarchive, { params: { project: name } })
    say(isArchived ? `${name} is archived: it can be read.` : `${name} is in use again.`)
  } catch (error) {
    sayFailed(`${name} could not be ${isArchived ? 'archived' : 'taken back into use'}`, error)
  }
  refresh()
}

export async function deleteProject({ name }: Project): Promise<void> {
  const isSure = await confirm({
    title: `Delete the project ${name}?`,
    body: 'All its workflows, drafts, runs, logs and files go with it and cannot be brought back. To keep them out of sight, archive it instead.',
    confirm: `Delete ${name}`,
    isDestructive: true,
  })
  if (!isSure) return
  try {
    await call(projectRoutes.remove, { params: { project: name } })
    if (name === PROJECT) switchProject(DEFAULT_PROJECT, '/projects')
    else say(`${name} was deleted.`)
  } catch (error) {
    sayFailed(`${name} could not be deleted`, error)
  }
  refresh()
}

import { modals } from '@mantine/modals'
import type { ReactNode } from 'react'
import { type Project, projectRoutes } from '../../src-shared/contract/index.ts'
import { call, DEFAULT_PROJECT, keyOf, PROJECT, queryClient, switchProject } from '../api/index.ts'
import { say, sayFailed } from '../ui/say.ts'
import { ProjectForm } from './ProjectForm.tsx'
import { DeleteForm } from './transfer/DeleteForm.tsx'
import { ExportForm } from './transfer/ExportForm.tsx'
import { ImportForm } from './transfer/ImportForm.tsx'

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
  openModal(title, (close) => <ProjectForm project={project} verb={verb} onSave={save} onDone={close} />)
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

/** Saves a project in one file. */
export function exportProject({ name }: Project): void {
  openModal(`Export project ${name}`, (close) => <ExportForm project={name} onDone={close} />)
}

/** Makes a project of an archive, and shows it in the list. */
export function importProject(file: File): void {
  openModal('Import a project', (close) => {
    const onImported = (name: string): void => {
      close()
      say(`${name} is imported.`)
      refresh()
    }
    return <ImportForm file={file} onImported={onImported} onDone={close} />
  })
}

/** Asks first, and offers to export it. */
export function deleteProject(project: Project): void {
  const { name } = project
  openModal(`Delete the project ${name}?`, (close) => {
    const onExport = (): void => {
      close()
      openModal(`Export project ${name}`, (closeExport) => (
        <ExportForm
          project={name}
          onDone={() => {
            closeExport()
            deleteProject(project)
          }}
        />
      ))
    }
    const onDelete = (): void => {
      close()
      void remove(name)
    }
    return <DeleteForm project={name} onExport={onExport} onDelete={onDelete} onDone={close} />
  })
}

async function remove(name: string): Promise<void> {
  try {
    await call(projectRoutes.remove, { params: { project: name } })
    if (name === PROJECT) switchProject(DEFAULT_PROJECT, '/projects')
    else say(`${name} was deleted.`)
  } catch (error) {
    sayFailed(`${name} could not be deleted`, error)
  }
  refresh()
}

function openModal(title: string, content: (close: () => void) => ReactNode): void {
  const modalId = crypto.randomUUID()
  modals.open({ modalId, title, children: content(() => modals.close(modalId)) })
}

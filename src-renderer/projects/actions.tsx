import { modals } from '@mantine/modals'
import type { ReactNode } from 'react'
import { type Project, projectRoutes } from '../../src-shared/contract/index.ts'
import { call, DEFAULT_PROJECT, keyOf, PROJECT, queryClient, switchProject } from '../api/index.ts'
import { say, sayFailed } from '../ui/say.ts'

// Forms are loaded when somebody opens them: the top bar is in the first script, and each start waits for that.

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
  void openModal(title, async () => {
    const { ProjectForm } = await import('./ProjectForm.tsx')
    return (close) => <ProjectForm project={project} verb={verb} onSave={save} onDone={close} />
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

/** Saves a project in one file. */
export function exportProject({ name }: Project): void {
  openExport(name, () => undefined)
}

/** Makes a project of an archive, and shows it in the list. */
export function importProject(file: File): void {
  void openModal('Import a project', async () => {
    const { ImportForm } = await import('./transfer/ImportForm.tsx')
    return (close) => {
      const onImported = (name: string): void => {
        close()
        say(`${name} is imported.`)
        refresh()
      }
      return <ImportForm file={file} onImported={onImported} onDone={close} />
    }
  })
}

/** Asks first, and offers to export it. */
export function deleteProject(project: Project): void {
  const { name } = project
  void openModal(`Delete the project ${name}?`, async () => {
    const { DeleteForm } = await import('./transfer/DeleteForm.tsx')
    return (close) => {
      const onExport = (): void => {
        close()
        openExport(name, () => deleteProject(project))
      }
      const onDelete = (): void => {
        close()
        void remove(name)
      }
      return <DeleteForm project={name} onExport={onExport} onDelete={onDelete} onDone={close} />
    }
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

/** @param after what follows when it is closed */
function openExport(name: string, after: () => void): void {
  void openModal(`Export project ${name}`, async () => {
    const { ExportForm } = await import('./transfer/ExportForm.tsx')
    return (close) => (
      <ExportForm
        project={name}
        onDone={() => {
          close()
          after()
        }}
      />
    )
  })
}

type Content = (close: () => void) => ReactNode

async function openModal(title: string, load: () => Promise<Content>): Promise<void> {
  try {
    const content = await load()
    const modalId = crypto.randomUUID()
    modals.open({ modalId, title, children: content(() => modals.close(modalId)) })
  } catch (error) {
    sayFailed(`"${title}" could not be opened`, error)
  }
}

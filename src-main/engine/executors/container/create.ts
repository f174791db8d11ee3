import { relative } from 'node:path'
import type { Job } from '../executor.ts'
import { ExecutionError } from '../failure.ts'
import { executionFolder, INPUTS_FILE, INPUTS_FOLDER } from '../folder.ts'
import { type RenderedJob, renderJob } from '../prepare.ts'
import type { DockerApi } from './api.ts'
import { packWork } from './archive-in.ts'
import { startRefused } from './ending.ts'
import { DockerRefusal, HTTP_CONFLICT, HTTP_NOT_FOUND, isRefusal } from './errors.ts'
import type { ImageFacts } from './images.ts'
import { nameOf, OWNER_LABEL, TOKEN_LABEL } from './labels.ts'
import { createOptions, type EngineTraits, WORK_ROOT } from './spec.ts'

/** What one Docker engine can, learnt by trying and remembered for all jobs. */
export interface Traits {
  current: EngineTraits
}

export type ImageJob = RenderedJob & { readonly image: string }

/** @throws ExecutionError when the image has no name */
export function renderWithImage(job: Job): ImageJob {
  const rendered = renderJob(job, WORK_ROOT)
  const { image } = rendered
  if (image !== null && image.trim() !== '') return { ...rendered, image: image.trim() }
  throw new ExecutionError({
    code: 'image_invalid',
    message: 'The name of the image is empty after its expressions were filled in.',
    fix: 'Check the values that `image` is made of.',
  })
}

/** The image vanished between the look at it and the creation. */
export class ImageGone extends Error {
  override readonly name = 'ImageGone'
}

/** How much of the token makes a name unique when the plain one is taken. */
const TOKEN_PART = 12

/**
 * Creates the container of a job; does not start it. The creation is the claim: the name can be taken only once, and
 * when a container of this very token has it, that one is answered.
 * @throws ImageGone, ExecutionError
 */
export async function createContainer(
  api: DockerApi,
  job: Job,
  rendered: ImageJob,
  owner: string,
  traits: Traits,
): Promise<string> {
  const unique = job.token.replace(/[^A-Za-z0-9_.-]/g, '').slice(-TOKEN_PART)
  const names = [nameOf(job), `${nameOf(job)}-${unique}`]
  for (const name of names) {
    try {
      return await createNamed(api, name, job, rendered, owner, traits)
    } catch (error) {
      if (!isRefusal(error, HTTP_CONFLICT)) throw refusedCreation(error, rendered.image)
      const ours = await api.find({ [OWNER_LABEL]: owner, [TOKEN_LABEL]: job.token })
      if (ours[0] !== undefined) return ours[0].id
      // Another one has the name, e.g. of a copy of this data folder: the longer name is left.
    }
  }
  throw new ExecutionError({
    code: 'docker_refused',
    message: `Containers with the names ${names.join(' and ')} exist already.`,
    fix: `Remove them: docker rm -f ${names.join(' ')}`,
  })
}

async function createNamed(
  api: DockerApi,
  name: string,
  job: Job,
  rendered: ImageJob,
  owner: string,
  traits: Traits,
): Promise<string> {
  try {
    return await api.create({ ...createOptions(job, rendered, owner, traits.current), name })
  } catch (error) {
    // Our folders are unique, so an engine that does not find them is on another machine: files are sent instead.
    const blind = error instanceof DockerRefusal && /bind source path does not exist/i.test(error.message)
    if (!blind || !traits.current.mounts) throw error
    traits.current = { ...traits.current, mounts: false }
    return api.create({ ...createOptions(job, rendered, owner, traits.current), name })
  }
}

function refusedCreation(error: unknown, image: string): unknown {
  if (!(error instanceof DockerRefusal)) return error
  if (error.status === HTTP_NOT_FOUND && /no such image/i.test(error.message)) return new ImageGone(image)
  return refused('create the container', error)
}

const refused = (what: string, error: DockerRefusal): ExecutionError =>
  new ExecutionError({
    code: 'docker_refused',
    message: `Docker refused to ${what}: ${error.message.trim().replace(/\.$/, '')}.`,
    fix: 'Check image, workdir, env and resources of the step against what Docker says.',
  })

/**
 * Puts the step's files into a container that was not started yet. Inputs are mounted where Docker sees our files.
 * Saves the call when there is nothing to put and the image's user may write anyway.
 */
export async function placeFiles(
  api: DockerApi,
  id: string,
  job: Job,
  rendered: RenderedJob,
  facts: ImageFacts,
  traits: Traits,
  signal: AbortSignal,
): Promise<void> {
  const { mounts } = traits.current
  if (mounts && facts.runsAsRoot && job.files.length === 0) return
  const isMounted = (path: string): boolean => mounts && (path === INPUTS_FOLDER || path === INPUTS_FILE)
  const cwd = relative(WORK_ROOT, rendered.cwd)
  const tar = packWork(executionFolder(job.folder).work, isMounted, cwd === '' ? [] : [cwd])
  try {
    await api.putArchive(id, tar, signal)
  } catch (error) {
    throw error instanceof DockerRefusal ? refused('take the files of the step', error) : error
  } finally {
    tar.destroy()
  }
}

/** Starting failed because the engine has no init program: the container has to be made again without. */
export class NoInit extends Error {
  override readonly name = 'NoInit'
}

/** @throws ExecutionError with what is wrong with the command; NoInit */
export async function startContainer(api: DockerApi, id: string, rendered: ImageJob, traits: Traits): Promise<void> {
  try {
    await api.start(id)
  } catch (error) {
    if (!(error instanceof DockerRefusal)) throw error
    if (
      traits.current.init &&
      /docker-init|tini/i.test(error.message) &&
      /not found|no such file/i.test(error.message)
    ) {
      traits.current = { ...traits.current, init: false }
      throw new NoInit()
    }
    const [program = ''] = rendered.argv
    const failure = startRefused(program, rendered.image, error.message)
    throw failure === null ? refused('start the container', error) : new ExecutionError(failure, error)
  }
}

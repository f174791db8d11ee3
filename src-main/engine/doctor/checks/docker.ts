import { z } from 'zod'
import type { Check, Outcome } from '../check.ts'

/** Docker that answers at all answers this quickly. */
const ANSWER_TIMEOUT_MS = 3_000
/** Docker Engine 20.10 (API 1.41) is the oldest that is tested. */
const OLDEST_API = 41

const DockerVersion = z.object({ Version: z.string(), ApiVersion: z.string() })

/** Containers are one way to run steps: without Docker the engine is well, but steps with `image` wait. */
export const docker: Check = {
  id: 'docker',
  title: 'Docker',
  async check() {
    try {
      const { default: Docker } = await import('dockerode')
      const answer = await new Docker({ timeout: ANSWER_TIMEOUT_MS }).version()
      const { Version, ApiVersion } = DockerVersion.parse(answer)
      return judgeVersion(Version, ApiVersion)
    } catch (error) {
      return explain(error)
    }
  },
}

function judgeVersion(version: string, api: string): Outcome {
  if (Number(api.split('.')[1] ?? 0) >= OLDEST_API)
    return { status: 'ok', detail: `Docker ${version} answers (API ${api}).` }
  return {
    status: 'warning',
    detail: `Docker ${version} answers, but is older than 20.10, the oldest that Weir is tested with.`,
    fix: 'Update Docker: https://docs.docker.com/engine/install.',
  }
}

function explain(error: unknown): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      status: 'error',
      detail: 'Docker is there, but this user may not use it, so that steps with an image wait.',
      fix: 'Run "sudo usermod -aG docker $USER", sign in anew, and start the engine again.',
    }
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return {
      status: 'absent',
      detail: 'No Docker answers on this machine; steps that run as processes need none, steps with an image wait.',
      fix: 'Start it with "sudo systemctl start docker", or install it: https://docs.docker.com/engine/install.',
    }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return {
    status: 'error',
    detail: `Docker does not answer as it should: ${reason}.`,
    fix: 'Look at "docker version" and at DOCKER_HOST; restart Docker when it hangs.',
  }
}

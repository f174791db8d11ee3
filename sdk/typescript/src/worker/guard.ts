import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Ends executors whose worker was killed: a shell that holds their process groups and waits for the end of its input,
 * which comes whatever the worker dies of. Not on Windows.
 */
const SCRIPT = `
groups=
while read -r what group; do
  if [ "$what" = + ]; then groups="$groups $group"; continue; fi
  rest=
  for one in $groups; do [ "$one" = "$group" ] || rest="$rest $one"; done
  groups=$rest
done
for one in $groups; do kill -s KILL -- "-$one" 2>/dev/null; done
rm -rf -- "$1"
`

export class Guard {
  private readonly shell: ChildProcess | null

  /** @param folder removed when the worker is gone */
  constructor(folder: string) {
    this.shell = process.platform === 'win32' ? null : startShell(folder)
  }

  add(group: number): void {
    this.shell?.stdin?.write(`+ ${group}\n`)
  }

  remove(group: number): void {
    this.shell?.stdin?.write(`- ${group}\n`)
  }

  close(): void {
    this.shell?.stdin?.end()
  }
}

function startShell(folder: string): ChildProcess {
  // A group of its own: an interrupt at the terminal is for the worker, which ends what runs in its own order.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'weir-sdk-guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.on('error', () => undefined) // no shell, no guard: everything else works
  shell.stdin?.on('error', () => undefined)
  shell.unref()
  return shell
}

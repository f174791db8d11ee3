import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { ExecutionFolder } from '../folder.ts'
import { bootId } from './identity.ts'

/** Exit status of a launcher that could not take the claim: the command was not started by it. */
export const CLAIM_TAKEN = 75
const LOG_MODE = 0o600

/**
 * Stands between the engine and the command, so that the engine may die: takes the claim, runs the command as its child,
 * writes how it ended. Plain POSIX sh, because it starts in about a millisecond everywhere. It leads a session and a
 * process group of its own.
 *
 * - The claim is created exclusively (`set -C`): of two launchers one starts the command, the other ends with 75. It holds
 *   pid, start time and boot, which together name one process for ever.
 * - The command comes as arguments and is run by `exec "$@"`, never read as shell text, never taken for a builtin.
 * - TERM is meant for the command. The launcher only remembers it: whoever sent it then decides how long the command's
 *   children may take. Without it, what the command left running is killed with the whole group.
 * - When the engine is gone by then, nobody stores the outputs soon: they are forced to the disk, so that they outlive a
 *   power cut. The last digit of the exit file says so.
 * - When the exit file cannot be written (a full disk) the launcher ends with the command's own status.
 * - The shell's own remarks ("Killed") do not go to the step's stderr: fd 3 keeps it for the command, which is started in
 *   a subshell because dash would redirect the launcher itself for a simple command.
 */
const LAUNCHER = `_weir_term=0
trap '_weir_term=1' HUP INT TERM
_weir_claim=$1 _weir_exit=$2 _weir_engine=$3 _weir_boot=$4
shift 4
exec 3>&2 2>/dev/null
_weir_read_start() { set -- \${1##*) }; shift 19; _weir_start=$1; }
if read -r _weir_stat < /proc/self/stat; then _weir_read_start "$_weir_stat"
else _weir_start=$(ps -o lstart= -p $$ | tr -s ' ' '_'); fi
set -C
printf '%s\\n' "$$ $_weir_start $_weir_boot" > "$_weir_claim" || exit ${CLAIM_TAKEN}
set +C
(exec "$@" 2>&3 3>&-)
_weir_status=$?
_weir_synced=0
kill -0 "$_weir_engine" || { sync; _weir_synced=1; }
{ times; printf 'exit %s %s\\n' "$_weir_status" "$_weir_synced"; } > "$_weir_exit" || exit "$_weir_status"
[ $_weir_synced = 0 ] || sync
[ $_weir_term = 1 ] || kill -9 0
`

export interface Launch {
  /** The program first: an absolute path, or one with a slash relative to `cwd` */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/**
 * Starts the launcher; its output goes straight to the log files, so that no pipe ties it to the engine.
 * @throws what spawn throws at once (E2BIG, a NUL in an argument); other errors come as the child's `error` event.
 */
export function launch(folder: ExecutionFolder, { argv, env, cwd }: Launch): ChildProcess {
  const stdout = openSync(folder.stdout, 'a', LOG_MODE)
  try {
    const stderr = openSync(folder.stderr, 'a', LOG_MODE)
    try {
      const own = ['weir-launcher', folder.claim, folder.exit, String(process.pid), bootId()]
      const child = spawn('/bin/sh', ['-c', LAUNCHER, ...own, ...argv], {
        cwd,
        env: { ...env },
        detached: true,
        stdio: ['ignore', stdout, stderr],
      })
      child.unref()
      return child
    } finally {
      closeSync(stderr)
    }
  } finally {
    closeSync(stdout)
  }
}

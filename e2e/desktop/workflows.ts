/** Definitions that tests of the desktop run. */

/** Runs until the file `go` appears in the folder: the test says when. */
export const waiting = (folder: string): string => `name: waiting
steps:
  wait:
    run: 'while [ ! -e "${folder}/go" ]; do sleep 0.05; done; echo done'
`

export const quick = (name: string, command = 'true'): string => `name: ${name}
steps:
  one:
    run: '${command}'
`

/** The environment of whoever starts this, without what would make an Electron or a Weir below it another one. */
export const ownEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(WEIR_|ELECTRON_|NODE_OPTIONS$)/.test(entry[0]),
    ),
  )

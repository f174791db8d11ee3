export declare const isRoot: () => boolean
export declare const isDebian: () => boolean
export declare const findProgram: (name: string) => string | null
/** The command that a person who is not root is told to run. */
export declare const installCommand: (packages: readonly string[]) => string
export declare const installPackages: (packages: readonly string[]) => Promise<void>

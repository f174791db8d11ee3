/** One file of an asset. */
export interface AssetFile {
  /** Relative, with forward slashes; never leaves the asset's folder */
  readonly path: string
  /** SHA-256 in hex */
  readonly digest: string
  /** Bytes */
  readonly size: number
  readonly executable?: boolean
}

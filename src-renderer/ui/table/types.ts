import type { ReactNode } from 'react'

/** A column: how it is called, what it shows, and what it is sorted by. */
export interface Column<T> {
  readonly id: string
  readonly title: string
  /** The title is for screen readers only */
  readonly hidesTitle?: boolean
  readonly cell: (row: T) => ReactNode
  /** Absent: the column cannot be sorted. Null goes last. */
  readonly sortBy?: (row: T) => string | number | null
  /** px */
  readonly width: number
  readonly align?: 'right'
  /** Takes the room that is left, until the person gives it a width */
  readonly grows?: boolean
  /** Cannot be hidden */
  readonly isKey?: boolean
  /** Hidden until the person shows it */
  readonly isHidden?: boolean
}

/** Further pages of a list. */
export interface MorePages {
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly load: () => void
}

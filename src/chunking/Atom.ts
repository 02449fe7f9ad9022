/** The smallest pieces the structure chunker moves: a line, or part of a long one. */

/** How good a cut before an atom is, from worst to best. */
export const Cut = {
  /** Between a heading and its text, a table's header and its first row, a fence's marker and its code. */
  bound: 0,
  character: 1,
  word: 2,
  sentence: 3,
  /** Lines, table rows, lines of code. */
  line: 4,
  /** Nested list items, what a colon announces, code after a blank line. */
  nested: 5,
  item: 6,
  block: 7,
  /** A heading within what the chunk began with. */
  heading: 8,
  /** A heading beside what the chunk began with. */
  sibling: 9
} as const

export interface Section {
  /** The heading's level; 0 before the first heading. */
  readonly level: number
  /** The titles of the heading and of those above it, outermost first. */
  readonly headings: ReadonlyArray<string>
}

/** A table or fence that may have to be divided. */
export interface Region {
  /** What the part after a cut begins with: the table's header, the fence's opening line. */
  readonly prefix: string
  /** What the part before a cut ends with: the fence's closing line. */
  readonly suffix: string
  /** Estimated tokens of the prefix, in hundredths. */
  readonly cost: number
}

export interface Atom {
  readonly start: number
  readonly end: number
  /** Estimated tokens with the white space around, in hundredths. */
  readonly cost: number
  readonly cut: number
  readonly isHeading: boolean
  readonly section: Section
  /** What a cut before this atom divides. */
  readonly region: Region | undefined
}

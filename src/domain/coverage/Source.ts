/** A document's inventory: what its bytes hold, read without its parser. */

export interface SourceLine {
  readonly text: string
  readonly kind: "lines" | "form_value"
}

export interface SourcePage {
  /** From 1; 0 where the source has no pages. */
  readonly number: number
  readonly lines: ReadonlyArray<SourceLine>
  /** It has no text of its own, but a picture that covers most of it, or glyphs without a known letter. */
  readonly isScan: boolean
  /** Letters that are not shown. */
  readonly hiddenLetters?: number
}

export interface Source {
  readonly pages: ReadonlyArray<SourcePage>
  /** Attached files that no text can contain, such as those of a PDF. */
  readonly attachments?: number
}

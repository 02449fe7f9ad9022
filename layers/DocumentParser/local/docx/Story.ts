/** A part of a Word document that has text of its own, with all that its paragraphs refer to. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5"
import type { Archive } from "../office/archive.ts"
import type { Relationship } from "../office/relationships.ts"
import type { XmlElement } from "../office/xml.ts"
import type { Numbering } from "./Numbering.ts"
import type { Styles } from "./Styles.ts"

export interface Field {
  /** The field's code so far: ` HYPERLINK "https://…" `. */
  code: string
  /** Its result is text of the document; its code is not. */
  isResult: boolean
  /** Of an old form field. */
  readonly form: XmlElement | undefined
}

export interface Story {
  /** Reads the blocks of a table's cell or a text box. */
  readonly readBlocks: (story: Story, parent: XmlElement) => ReadonlyArray<Tree.Element>
  readonly archive: Archive
  readonly relations: ReadonlyMap<string, Relationship>
  readonly styles: Styles
  readonly numbering: Numbering
  /** Footnotes, endnotes and comments by kind and id. */
  readonly notes: ReadonlyMap<string, Note>
  /** Files of other formats, by relationship id. */
  readonly altChunks: ReadonlyMap<string, ReadonlyArray<Tree.Element>>
  /** Labels of list items. */
  readonly markers: Map<Tree.Node, string>
  /** A note that was referred to and is written after the block. */
  readonly pending: Array<{ readonly label: string; readonly note: Note }>
  readonly counts: { notes: number }
  /** A field may continue over several paragraphs. */
  readonly fields: Array<Field>
}

export interface Note {
  /** What stands before its text: the author of a comment. */
  readonly lead: string
  readonly content: XmlElement
  readonly part: string
}

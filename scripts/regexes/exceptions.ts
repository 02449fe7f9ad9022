/**
 * Expressions without a proof of linear time, and what keeps each harmless: the longest text that the surrounding code
 * passes to it. Prefer a loop to a new entry here.
 */
export interface Exception {
  readonly file: string
  /** As it stands there, with its flags. */
  readonly regex: string
  /** Characters. */
  readonly atMost: number
  readonly why: string
}

export const exceptions: ReadonlyArray<Exception> = [
  {
    file: "layers/DocumentParser/local/pdf/pdfInline.ts",
    regex: String.raw`/(\p{L}+)[-\u2010]$/u`,
    atMost: 80,
    why: "Sees the last 80 characters of a text."
  },
  {
    file: "src/domain/pageNumbers.ts",
    regex: String
      .raw`/^\W*(?:page|seite|blatt|feuille|hoja|p[áa]gina|p[áa]g\.?|p\.?|s\.)?\W*(?:(\d{1,5})|[ivxlc]{1,6})(?:\W*(?:of|von|de|sur|\/)\W*\d{1,5})?\W*$/i`,
    atMost: 60,
    why: "A longer line is not a page number and is skipped."
  },
  ...[
    String.raw`/^\s*(?:\/\/|--).*$/gmu`,
    String.raw`/\/\*[^]*?\*\//gu`,
    String.raw`/\bALTER\s+(?:COLUMN\s+)?\w+\s+(?:SET\s+DATA\s+)?TYPE\b/iu`
  ].map((regex) => ({
    file: "src/deploy/release/contracting.ts",
    regex,
    atMost: 100_000,
    why: "Sees migrations of this repository alone."
  }))
]

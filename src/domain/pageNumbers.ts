/** Page numbers in lines of text, in English, German, French and Spanish. Other numbers that count with the pages are data. */

export interface PageNumber {
  readonly number: number
  /** The line with a sign in place of its page number. */
  readonly rest: string
}

/** A longer line is not a page number alone. */
const longest = 60
const alone =
  /^\W*(?:page|seite|blatt|feuille|hoja|p[áa]gina|p[áa]g\.?|p\.?|s\.)?\W*(?:(\d{1,5})|[ivxlc]{1,6})(?:\W*(?:of|von|de|sur|\/)\W*\d{1,5})?\W*$/i
const named =
  /(?:^|[^\p{L}\p{N}])(?:page|seite|blatt|feuille|hoja|p[áa]gina|p[áa]g\.|p\.) ?(\d{1,5})(?: ?(?:of|von|de|sur|\/) ?\d{1,5})?(?![\p{L}\p{N}])/iu

/** `7`, `- 7 -`, `Page 7`, `7 of 12`, `Seite 7/12`: nothing but a page's number. */
export const isPageNumber = (line: string): boolean => line.length <= longest && alone.test(line)

/** Of a line that is a page number, or that names one between other words. */
export const pageNumberIn = (line: string): PageNumber | undefined => {
  const only = line.length <= longest ? alone.exec(line) : null
  if (only !== null) return only[1] === undefined ? undefined : { number: Number(only[1]), rest: "#" }
  const match = named.exec(line)
  return match === null ? undefined : { number: Number(match[1]), rest: line.replace(match[0], " #") }
}

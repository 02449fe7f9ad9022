/** Reads delimited text: RFC 4180, with the delimiter that the file uses. */

export const readCsv = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const named = /^sep=(.)\r?\n/i.exec(text)
  return readRows(named === null ? text : text.slice(named[0].length), named?.[1] ?? delimiterOf(text))
}

const delimiters = [",", ";", "\t", "|"]
/** Enough of a file to tell. */
const sampled = 20_000

/** The one that divides most rows, and divides them alike. */
const delimiterOf = (text: string): string => {
  const sample = text.slice(0, sampled)
  const scored = delimiters.map((delimiter) => {
    const rows = readRows(sample, delimiter)
    const counts = new Map<number, number>()
    for (const { length } of rows) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1)
    const [width, count] = [...counts].reduce((best, next) => next[1] > best[1] ? next : best, [1, 0])
    return { delimiter, score: count / rows.length + Math.min(width, 10) / 100 }
  })
  return scored.reduce((best, next) => next.score > best.score ? next : best, { delimiter: ",", score: 0 }).delimiter
}

const readRows = (text: string, delimiter: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = []
  let row: Array<string> = []
  let at = 0
  while (at < text.length) {
    let cell = ""
    // A quote opens a cell only if it is closed later; otherwise it is an ordinary character.
    const quoted = text[at] === "\"" ? readQuoted(text, at) : undefined
    if (quoted !== undefined) {
      cell = quoted.cell
      at = quoted.end
    }
    const end = nextEnd(text, at, delimiter)
    cell += text.slice(at, end)
    row.push(cell)
    if (text[end] === delimiter) {
      at = end + 1
      if (at < text.length) continue
      row.push("")
    }
    rows.push(row)
    row = []
    at = text[end] === "\r" && text[end + 1] === "\n" ? end + 2 : end + 1
  }
  return rows
}

const nextEnd = (text: string, from: number, delimiter: string): number => {
  let at = from
  while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++
  return at
}

/** The most characters of one cell. */
const longestCell = 100_000

const readQuoted = (text: string, from: number): { readonly cell: string; readonly end: number } | undefined => {
  let cell = ""
  let start = from + 1
  for (let at = text.indexOf("\"", start); at !== -1 && at - from < longestCell; at = text.indexOf("\"", start)) {
    cell += text.slice(start, at)
    if (text[at + 1] !== "\"") return { cell, end: at + 1 }
    cell += "\""
    start = at + 2
  }
  return undefined
}

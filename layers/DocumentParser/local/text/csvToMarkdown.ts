/** CSV and TSV → a Markdown table. */
import { dataTable } from "./dataTable.ts"
import { readCsv } from "./readCsv.ts"

export const csvToMarkdown = (csv: string): string => {
  const rows = readCsv(csv).map((row) => row.map(oneLine)).filter((row) => row.some((cell) => cell !== ""))
  const width = usualWidth(rows)
  const start = rows.findIndex((row) => row.length === width)
  const intro = rows.slice(0, start).map((row) => row.filter((cell) => cell !== "").join(" "))
  const table = rows.slice(start)
  return [...intro, width < 2 ? table.map(([cell = ""]) => cell).join("\n") : dataTable(table)].join("\n\n")
}

const oneLine = (cell: string): string => cell.trim().replaceAll(/\s+/g, " ")

/** Titles and notes above and below the table have fewer columns. */
const usualWidth = (rows: ReadonlyArray<ReadonlyArray<string>>): number => {
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  return [...counts].reduce((best, next) => next[1] > best[1] ? next : best, [0, 0])[0]
}

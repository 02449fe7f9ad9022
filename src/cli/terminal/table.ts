/** Rows with aligned columns. The last column takes the remaining width; colours are applied after truncation. */
import { Effect } from "effect"
import { CliOutput } from "effect/cli"
import { truncate } from "./fit.ts"
import { Output } from "./Output.ts"

export interface Column {
  readonly title: string
  readonly align?: "right"
  /** More cells than this are cut. */
  readonly max?: number
}

export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

const gap = 2

export const table = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
  options: { readonly width: number; readonly head: (text: string) => string }
): ReadonlyArray<string> => {
  const head = columns.map((column): Cell => ({ text: column.title, paint: options.head }))
  const all = [head, ...rows]
  const wanted = columns.map((column, index) =>
    Math.min(column.max ?? Infinity, Math.max(...all.map((row) => CliOutput.displayWidth(row[index]?.text ?? ""))))
  )
  const before = wanted.slice(0, -1).reduce((sum, width) => sum + width + gap, 0)
  const widths = wanted.map((width, index) =>
    index === columns.length - 1 ? Math.min(width, Math.max(8, options.width - before)) : width
  )
  return all.map((row) =>
    columns.map((column, index) => {
      const { paint = (text: string) => text, text = "" } = row[index] ?? {}
      const width = widths[index] ?? 0
      const cut = truncate(text, width)
      const filler = " ".repeat(Math.max(0, width - CliOutput.displayWidth(cut)))
      return column.align === "right" ? filler + paint(cut) : paint(cut) + filler
    }).join(" ".repeat(gap)).trimEnd()
  )
}

/** As wide as the terminal; whole where there is none. */
export const printTable = Effect.fnUntraced(function*(
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>
) {
  const output = yield* Output
  const size = yield* output.size
  const width = output.stdoutIsTerminal ? size.columns : Infinity
  for (const line of table(columns, rows, { width, head: output.style.dim })) yield* output.print(line)
})

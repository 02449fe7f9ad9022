/** Rows of cells → a Markdown pipe table; the first row is its head. */
export const pipeTable = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const line = (cells: ReadonlyArray<string>) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
  const [head = [], ...body] = rows
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n")
}

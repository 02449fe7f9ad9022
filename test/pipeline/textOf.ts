/** Sections that are long enough to be one chunk each, with text that no other document has. */
export const textOf = (word: string, sections = 3): string =>
  Array.from(
    { length: sections },
    (_, n) =>
      `## Part ${n} on ${word}\n\n` +
      `The ${word} of part ${n} is told in this sentence of its own, and again. `.repeat(9)
  )
    .join("\n\n")

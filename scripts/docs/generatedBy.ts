/** The note under the title of a generated page. */
export const generatedBy = (source: string): string =>
  `<!-- Written by scripts/write-docs.ts from ${source}: change that, and run it again. -->`

/** The line under the title of a page that nobody should edit. */
export const generatedBy = (source: string): string =>
  `<!-- Written by scripts/write-docs.ts from ${source}: change that, and run it again. -->`

/** The ordinals before each window of a document's chunks; at least one. */
export const windowsOf = (chunks: number, window: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(1, Math.ceil(chunks / window)) }, (_, index) => index * window - 1)

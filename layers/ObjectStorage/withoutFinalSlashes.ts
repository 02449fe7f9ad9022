/** A storage's address, to which paths are added. */
export const withoutFinalSlashes = (url: string): string =>
  url.endsWith("/") ? withoutFinalSlashes(url.slice(0, -1)) : url

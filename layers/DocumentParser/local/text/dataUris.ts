/** Files inside the text as `data:` addresses are no text: only their media type is kept. */
const dataUris = /\bdata:([a-z]+\/[\w.+-]+)((?:;[\w=.-]+)*,[^\s)"'<>`]+)/gi

/** Shorter ones may be words. */
const longest = 64

export const withoutData = (text: string): string =>
  text.includes("data:")
    ? text.replaceAll(dataUris, (whole, type, content) => content.length > longest ? `data:${type}` : whole)
    : text

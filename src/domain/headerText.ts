/** Text in a header, which holds bytes: sent as UTF-8, and read as Latin-1 where it is not UTF-8, as many libraries send `ü`. */

/** Control characters, which no header may hold, become spaces. */
export const toHeaderText = (text: string): string =>
  Array.from(new TextEncoder().encode(text.replaceAll(/\p{Cc}+/gu, " ")), (byte) => String.fromCharCode(byte)).join("")

export const fromHeaderText = (value: string): string => {
  const bytes = Uint8Array.from(value, (byte) => byte.charCodeAt(0))
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  return toHeaderText(text) === value ? text : value
}

/** Estimates the tokens of a document whose text cannot be read in advance. */
import { bytesPerToken } from "./limits.ts"

/** For English prose; a page of tables has more. */
const tokensPerPage = 550

/** File bytes per token of text for formats with layout or compression, if nothing better is known. */
const fileBytesPerToken = 20

/** `text`: from its text. `pages`: from the page count. `size`: a guess from the file size. */
export type QuoteBasis = "text" | "pages" | "size"

export const guessTokens = (
  mediaType: string,
  bytes: number,
  pages: number | null
): { readonly tokens: number; readonly basis: QuoteBasis } => {
  if (mediaType.startsWith("text/")) return { tokens: Math.ceil(bytes / bytesPerToken), basis: "text" }
  if (pages !== null) return { tokens: pages * tokensPerPage, basis: "pages" }
  return { tokens: Math.ceil(bytes / fileBytesPerToken), basis: "size" }
}

/** A mail's parts. The library reads bytes as ASCII and its supersets, so a mail that was saved as UTF-16 is converted. */
import PostalMime, { type Email, type PostalMimeOptions } from "postal-mime"
import { byteOrderMark, utf16WithoutMark } from "../../../../src/domain/textEncoding.ts"

const limits = { maxNestingDepth: 50, maxHeadersSize: 10_000_000 }

/** An attached mail stays one, instead of becoming a part of the body. */
export const readMail = (bytes: Uint8Array): Promise<Email> =>
  parse(bytes, { attachmentEncoding: "arraybuffer", forceRfc822Attachments: true })

/** The page of a saved web page (MHT), which has the form of a mail. */
export const pageOfMail = async (bytes: Uint8Array): Promise<string> => {
  const { html, text } = await parse(bytes, {})
  return html ?? text ?? ""
}

const parse = (bytes: Uint8Array, options: PostalMimeOptions): Promise<Email> =>
  PostalMime.parse(asUtf8(bytes), { ...limits, ...options })

const asUtf8 = (bytes: Uint8Array): Uint8Array => {
  const unicode = byteOrderMark(bytes) ?? utf16WithoutMark(bytes)
  return unicode === undefined ? bytes : new TextEncoder().encode(new TextDecoder(unicode).decode(bytes))
}

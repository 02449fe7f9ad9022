/** The page of a saved web page (MHT), which has the form of a mail. */
import PostalMime from "postal-mime"

export const pageOfMail = async (bytes: Uint8Array): Promise<string> => {
  const { html, text } = await PostalMime.parse(bytes, mailLimits)
  return html ?? text ?? ""
}

const mailLimits = { maxNestingDepth: 50, maxHeadersSize: 10_000_000 }

/** An attached mail stays one, instead of becoming a part of the body. */
export const mailOptions = {
  ...mailLimits,
  attachmentEncoding: "arraybuffer",
  forceRfc822Attachments: true
} as const

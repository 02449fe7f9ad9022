/** The files attached to a mail, for documents of their own. */
import type { Attached } from "../../../../src/domain/Attachment.ts"

export const attachedTo = async (bytes: Uint8Array, most: number): Promise<Attached> => {
  try {
    const { readMail } = await import("../mail/readMail.ts")
    const { filesOf } = await import("../mail/filesOf.ts")
    const files = filesOf(await readMail(bytes))
    // One that cannot be decoded has no bytes, and is refused as empty.
    const first = files.slice(0, most).map(({ content = new Uint8Array(), name }) => ({ name, content }))
    return { _tag: "Attached", files: first, more: files.length - first.length }
  } catch {
    return { _tag: "Unknown", reason: "The mail's attachments cannot be read." }
  }
}

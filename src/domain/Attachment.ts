/** Files attached to mails: each becomes a document of its own, under an id that follows from its mail's. */
import { Schema } from "effect"
import { uuidBytes, uuidV5 } from "./hash.ts"
import { DocumentId } from "./Ids.ts"

const AttachedFile = Schema.Struct({
  /** As the mail gives it. */
  name: Schema.String,
  content: Schema.Uint8Array
})
export type AttachedFile = typeof AttachedFile.Type

/** What is attached to a mail, or why that is not known. */
export const Attached = Schema.Union([
  /** `more`: how many further files there are. */
  Schema.TaggedStruct("Attached", { files: Schema.Array(AttachedFile), more: Schema.Int }),
  Schema.TaggedStruct("Unknown", { reason: Schema.String })
])
export type Attached = typeof Attached.Type

const namespace = uuidBytes("b0a52c3e-6f0d-4c57-9c39-6f6a7e0d9f14")

/** `place`: among the files of the mail, from 0. The same bytes always give the same ids. */
export const attachmentId = (mail: DocumentId, place: number): DocumentId =>
  DocumentId.make(uuidV5(namespace, `${mail.toLowerCase()}:${place}`), { disableChecks: true })

/** A signed address that accepts one document's bytes without a credential, until an expiry and up to a size. */
import type { DocumentId, UserId } from "../../domain/Ids.ts"
import { isSignature, type Secrets, signatureOf } from "./signature.ts"

export interface UploadGrant {
  readonly documentId: DocumentId
  readonly userId: UserId
  /** Seconds since 1970. */
  readonly expires: number
  readonly bytes: number
}

export const uploadUrl = (secrets: Secrets, publicUrl: URL, grant: UploadGrant): URL => {
  const url = new URL(`api/v1/uploads/${grant.documentId}/content`, publicUrl)
  url.searchParams.set("user", grant.userId)
  url.searchParams.set("expires", String(grant.expires))
  url.searchParams.set("bytes", String(grant.bytes))
  url.searchParams.set("sig", signatureOf(secrets, textOf(grant)) ?? "")
  return url
}

export const isUploadSignature = (secrets: Secrets, grant: UploadGrant, given: string): boolean =>
  isSignature(secrets, textOf(grant), given)

const textOf = ({ bytes, documentId, expires, userId }: UploadGrant): string =>
  `upload ${documentId} ${userId} ${expires} ${bytes}`

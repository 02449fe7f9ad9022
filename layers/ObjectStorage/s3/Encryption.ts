/** What an answer says about the object that was written. Servers silently accept what they do not support. */

export type Encryption =
  | { readonly algorithm: "none" }
  | { readonly algorithm: "AES256" }
  | { readonly algorithm: "aws:kms"; readonly keyId: string | undefined }

export interface WriteAnswer {
  readonly ServerSideEncryption?: string | undefined
  readonly VersionId?: string | undefined
}

export const encryptionOf = (encryption: Encryption) => ({
  ServerSideEncryption: encryption.algorithm === "none" ? undefined : encryption.algorithm,
  SSEKMSKeyId: encryption.algorithm === "aws:kms" ? encryption.keyId : undefined
})

/** Why documents may not be stored on a server that answers like this; undefined if they may. */
export const contradictionOf = (
  encryption: Encryption,
  { ServerSideEncryption, VersionId }: WriteAnswer
): string | undefined =>
  encryption.algorithm !== "none" && ServerSideEncryption !== encryption.algorithm
    ? `The object storage did not encrypt an object with ${encryption.algorithm}, as S3_ENCRYPTION says: it answered ${
      ServerSideEncryption ?? "nothing about it"
    }. Use a server that encrypts, or set S3_ENCRYPTION to none.`
    : VersionId !== undefined && VersionId !== "null"
    ? "The bucket keeps old versions, so a deleted document would stay in it. Use a bucket without versioning."
    : undefined

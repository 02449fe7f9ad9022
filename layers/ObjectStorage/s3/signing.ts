/** Addresses that need no credential, or are tried without one. */
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { getSignedUrl } from "@aws-sdk/s3-request-presigner"
import { Clock, Duration, Effect } from "effect"
import type { AnnouncedFile, UploadAddress } from "../../../services/ObjectStorage.ts"
import type { BucketClient } from "./bucketClient.ts"
import { encryptionOf } from "./Encryption.ts"

export const signing = ({ attempt, bucket: Bucket, client, encryption, outside }: BucketClient) => ({
  /** The length is signed as well; every client sends it with the bytes. */
  uploadAddress: Effect.fnUntraced(
    function*(Key: string, { bytes, mediaType, sha256 }: AnnouncedFile, lasts: Duration.Duration) {
      const { ServerSideEncryption, SSEKMSKeyId } = encryptionOf(encryption)
      const checksum = sha256 === null ? undefined : Buffer.from(sha256, "hex").toString("base64")
      const headers = withoutAbsent({
        "content-type": mediaType,
        "if-none-match": "*",
        "x-amz-checksum-sha256": checksum,
        // Ceph compares the checksum only if this is sent with it.
        "x-amz-sdk-checksum-algorithm": checksum === undefined ? undefined : "SHA256",
        "x-amz-server-side-encryption": ServerSideEncryption,
        "x-amz-server-side-encryption-aws-kms-key-id": SSEKMSKeyId
      })
      const command = new PutObjectCommand({
        Bucket,
        Key,
        ContentType: mediaType,
        ContentLength: bytes,
        IfNoneMatch: "*",
        ...(checksum === undefined ? {} : { ChecksumAlgorithm: "SHA256", ChecksumSHA256: checksum }),
        ServerSideEncryption,
        SSEKMSKeyId
      })
      const now = yield* Clock.currentTimeMillis
      const { expiration } = yield* attempt(() => outside.config.credentials())
      const seconds = Math.floor(Math.min(Duration.toMillis(lasts), (expiration?.getTime() ?? Infinity) - now) / 1000)
      const names = Object.keys(headers)
      const signed = yield* attempt(() =>
        getSignedUrl(outside, command, {
          expiresIn: seconds,
          signableHeaders: new Set(["host", "content-length", ...names]),
          unhoistableHeaders: new Set(names)
        })
      )
      // No address outlives the credentials that signed it.
      const address: UploadAddress = { url: new URL(signed), headers, lasts: Duration.seconds(seconds) }
      return address
    }
  ),
  downloadAddress: (Key: string, expiresIn: number) =>
    Effect.map(
      attempt(() => getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn })),
      (signed) => new URL(signed)
    ),
  /** Works with a credential alone. */
  plainAddress: (Key: string) =>
    Effect.map(attempt(() => getSignedUrl(client, new GetObjectCommand({ Bucket, Key }))), (signed) => {
      const url = new URL(signed)
      url.search = ""
      return url
    })
})

export type Signing = ReturnType<typeof signing>

const withoutAbsent = (headers: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))

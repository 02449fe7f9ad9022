/** Bytes with their SHA-256, which the server compares if it knows checksums. */
import { createHash } from "node:crypto"

export const checksummed = (bytes: Uint8Array) => ({
  Body: bytes,
  ChecksumAlgorithm: "SHA256" as const,
  ChecksumSHA256: createHash("sha256").update(bytes).digest("base64")
})

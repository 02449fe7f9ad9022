/**
 * The two content hashes that identify everything. `node:crypto`'s one-shot `hash` is a pure function and the only
 * exception to this folder's import rule: a sha256 in JavaScript would cost a third of the chunker's time.
 */
import { createHash, hash } from "node:crypto"

/** Lower-case hex sha256 of UTF-8 text or bytes. */
export const sha256 = (content: string | Uint8Array): string => hash("sha256", content, "hex")

/** The same over bytes that arrive in parts. */
export const sha256InParts = (): { readonly add: (part: Uint8Array) => void; readonly hex: () => string } => {
  const state = createHash("sha256")
  return { add: (part) => void state.update(part), hex: () => state.digest("hex") }
}

/** RFC 9562 version 5 UUID: sha1 over the namespace's bytes and the name. */
export const uuidV5 = (namespace: Uint8Array, name: string): string => {
  const input = Buffer.allocUnsafe(namespace.length + Buffer.byteLength(name))
  input.set(namespace)
  input.write(name, namespace.length)
  const hex = hash("sha1", input, "hex")
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${
    hex.slice(20, 32)
  }`
}

/** The 16 bytes of a UUID written with hyphens. */
export const uuidBytes = (uuid: string): Uint8Array => new Uint8Array(Buffer.from(uuid.replaceAll("-", ""), "hex"))

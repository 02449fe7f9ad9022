/** Bytes of text in any common encoding → string. */
import { analyse } from "chardet"
import { isUtf8 } from "node:buffer"
import { byteOrderMark, utf16WithoutMark } from "../../../../src/domain/textEncoding.ts"

/** Tries the byte order mark, the pattern of UTF-16, valid UTF-8, `declared`, then statistics; Windows-1252 otherwise. */
export const decodeText = (bytes: Uint8Array, declared?: string): string => {
  const unicode = byteOrderMark(bytes) ?? utf16WithoutMark(bytes)
  if (unicode !== undefined) return new TextDecoder(unicode).decode(bytes)
  // ISO-2022 switches character sets by escape sequences and looks like ASCII.
  if (isUtf8(bytes) && !bytes.includes(0x1b)) return new TextDecoder().decode(bytes)
  const almost = new TextDecoder().decode(bytes)
  if (isMostlyIntact(almost)) return almost
  return new TextDecoder(supported(declared) ?? detect(bytes)).decode(bytes)
}

/** The charset that an HTML or XML head names. */
export const declaredCharset = (bytes: Uint8Array): string | undefined => {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4096)).toString("latin1")
  for (const [tag] of head.matchAll(/<meta[^>]*/gi)) {
    const charset = /charset\s*=[\s"']*([\w-]+)/i.exec(tag)?.[1]
    if (charset !== undefined) return charset
  }
  return /^<\?xml[^>]*?encoding=["']([\w-]+)/i.exec(head)?.[1]
}

const supported = (label: string | null | undefined): string | undefined => {
  if (label === null || label === undefined || /^utf-?8$/i.test(label)) return undefined
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

/** UTF-8 with a few broken bytes is still UTF-8: at most one in ten of its non-ASCII characters was lost. */
const isMostlyIntact = (text: string): boolean => {
  let lost = 0
  let whole = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0xfffd) lost++
    else if (unit > 0x7f) whole++
  }
  return lost > 0 ? lost * 10 <= whole : !text.includes("\u001b")
}

const detect = (bytes: Uint8Array): string => {
  const best = analyse(bytes.subarray(0, 262_144)).find(({ confidence, name }) =>
    confidence >= 10 && supported(name) !== undefined
  )
  return supported(best?.name) ?? "windows-1252"
}

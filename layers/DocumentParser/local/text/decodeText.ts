/** Bytes of text in any common encoding → string. */
import { isUtf8 } from "node:buffer"
import { byteOrderMark, utf16WithoutMark } from "../../../../src/domain/textEncoding.ts"
import { detectEncoding } from "./detectEncoding.ts"

/** Tries the byte order mark, the pattern of UTF-16, valid UTF-8, what is declared, then the signs themselves. */
export const decodeText = (bytes: Uint8Array, declared: () => string | undefined = () => undefined): string => {
  const unicode = byteOrderMark(bytes) ?? utf16WithoutMark(bytes)
  if (unicode !== undefined) return new TextDecoder(unicode).decode(bytes)
  // ISO-2022 switches character sets by escape sequences and looks like ASCII.
  const iso2022 = bytes.includes(escape) && switchesSets(bytes)
  if (isUtf8(bytes) && !iso2022) return new TextDecoder().decode(bytes)
  const almost = new TextDecoder().decode(bytes)
  if (!iso2022 && isMostlyIntact(almost)) return almost
  return new TextDecoder(detectEncoding(bytes, supported(declared()))).decode(bytes)
}

const escape = 0x1b

const switchesSets = (bytes: Uint8Array): boolean =>
  // oxlint-disable-next-line no-control-regex -- escape sequences are what it looks for
  /\u001b(?:\$[@AB]|\([IJ]|\$\([@ABCD]|\$\)[ACEG])/.test(latin1(bytes, 262_144))

const latin1 = (bytes: Uint8Array, most: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, most)).toString("latin1")

/** A page may say it behind a long style sheet. */
const searched = 1_000_000

/** The charset that an HTML or XML head names. */
export const declaredCharset = (bytes: Uint8Array): string | undefined => {
  const head = latin1(bytes, searched)
  for (const [tag] of head.matchAll(/<meta\s[^>]*/gi)) {
    const charset = /charset\s*=[\s"']*([\w-]+)/i.exec(tag)?.[1]
    if (charset !== undefined) return charset
  }
  return /^<\?xml[^>]*?encoding=["']([\w-]+)/i.exec(head)?.[1]
}

/** A page whose bytes spell out that it is UTF-16 is not (HTML standard), and this one is not UTF-8. */
const supported = (label: string | undefined): string | undefined => {
  if (label === undefined || /^utf/i.test(label)) return undefined
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
  return lost * 10 <= whole
}

/** Detects a file's type from its bytes. Its name only chooses between kinds of text. */
import { docx, isText, type MediaType, pptx, promisedType, xlsx } from "./mediaType.ts"
import { byteOrderMark, isControl, utf16WithoutMark } from "./textEncoding.ts"

/** Enough of the first bytes to detect every type; an even number, so that a cut does not split a UTF-16 unit. */
export const sniffedBytes = 65_536

/** The type of a file, from its complete bytes or from the first ones. Never throws. */
export const sniff = (bytes: Uint8Array, filename: string): MediaType => {
  if (bytes.length === 0) return "application/x-empty"
  const promised = promisedType(filename)
  const named = promised !== undefined && isText(promised) ? promised : undefined
  const pdf = find(bytes.subarray(0, 1024), ascii("%PDF-"))
  if (pdf === 0 || (pdf > 0 && named === undefined)) return "application/pdf"
  if (startsWith(bytes, "PK\u0003\u0004") || startsWith(bytes, "PK\u0005\u0006")) return sniffZip(bytes, promised)
  if (startsWith(bytes, "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1")) return sniffOle(bytes)
  const signed = signatures.find(([, magic, offset]) => startsWith(bytes, magic, offset))
  if (signed !== undefined) return signed[0]
  const sample = bytes.subarray(0, sniffedBytes)
  if (!looksLikeText(sample)) return startsWith(bytes, "MZ") ? "application/x-executable" : "application/octet-stream"
  return named ?? unnamedText(latin1(sample.subarray(0, 4096)))
}

const unnamedText = (head: string): MediaType => {
  if (opensAsHtml(head)) return "text/html"
  const isMail = /^[\w-]+:[ \t]/.test(head) && /^(?:received|return-path|message-id|mime-version):/im.test(head) &&
    /^(?:from|subject):/im.test(head)
  if (!isMail) return "text/plain"
  return /^content-type:\s*multipart\/related/im.test(head) && /^snapshot-content-location:|<saved by /im.test(head)
    ? "multipart/related"
    : "message/rfc822"
}

const signatures: ReadonlyArray<readonly [type: MediaType, magic: string, offset?: number]> = [
  ["image/png", "\u0089PNG\r\n\u001a\n"],
  ["image/jpeg", "\u00ff\u00d8\u00ff"],
  ["image/*", "GIF8"],
  ["image/tiff", "II*\u0000"],
  ["image/tiff", "MM\u0000*"],
  ["image/*", "BM", 0],
  ["image/*", "WEBP", 8],
  ["image/*", "ftyphei", 4],
  ["audio/*", "ID3"],
  ["audio/*", "WAVE", 8],
  ["audio/*", "fLaC"],
  ["video/*", "ftyp", 4],
  ["video/*", "AVI ", 8],
  ["video/*", "OggS"],
  ["application/x-executable", "\u007fELF"],
  ["application/x-executable", "MZ\u0090\u0000"],
  ["application/x-executable", "\u00cf\u00fa\u00ed\u00fe"],
  ["application/x-executable", "\u00ca\u00fe\u00ba\u00be"],
  ["application/x-executable", "\u0000asm"],
  ["application/x-archive", "\u001f\u008b"],
  ["application/x-archive", "BZh"],
  ["application/x-archive", "\u00fd7zXZ\u0000"],
  ["application/x-archive", "7z\u00bc\u00af\u0027\u001c"],
  ["application/x-archive", "Rar!\u001a\u0007"],
  ["application/x-archive", "(\u00b5/\u00fd"],
  ["application/x-archive", "ustar", 257],
  ["application/rtf", "{\\rtf"],
  ["application/postscript", "%!PS"],
  ["application/vnd.sqlite3", "SQLite format 3\u0000"]
]

/** White space, a byte order mark, a declaration and comments may precede the first tag. Scanned once, front to back. */
const opensAsHtml = (head: string): boolean => {
  let at = endOf(/[\s\u00ef\u00bb\u00bf]*/y, head, 0)
  at = endOf(/<\?xml[^>]*>\s*/iy, head, at)
  while (head.startsWith("<!--", at)) {
    const end = head.indexOf("-->", at + 4)
    if (end === -1) return false
    at = endOf(/\s*/y, head, end + 3)
  }
  return /^<(?:!doctype html|html|head|body)\b/i.test(head.slice(at, at + 20))
}

/** Where the piece that begins at `at` ends; `at` if there is none. */
const endOf = (sticky: RegExp, text: string, at: number): number => {
  sticky.lastIndex = at
  return sticky.test(text) ? sticky.lastIndex : at
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const wide = (text: string): Uint8Array => Uint8Array.from(text.replaceAll(/./g, "$&\u0000"), (c) => c.charCodeAt(0))
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

const startsWith = (bytes: Uint8Array, magic: string, offset = 0): boolean => {
  for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic.charCodeAt(i)) return false
  return true
}

const find = (bytes: Uint8Array, pattern: Uint8Array): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(pattern)

const sniffOle = (bytes: Uint8Array): MediaType => {
  if (find(bytes, wide("EncryptedPackage")) >= 0) return "application/x-encrypted-office"
  if (find(bytes, wide("WordDocument")) >= 0) return "application/msword"
  if (find(bytes, wide("Workbook")) >= 0) return "application/vnd.ms-excel"
  if (find(bytes, wide("PowerPoint Document")) >= 0) return "application/vnd.ms-powerpoint"
  return "application/x-ole-storage"
}

/** By the names of its entries: from the directory at the end, or from the local headers if only the start is available. */
const sniffZip = (bytes: Uint8Array, promised: MediaType | undefined): MediaType => {
  const names = new Set<string>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = bytes.indexOf(0x50); at >= 0 && at + 46 < bytes.length; at = bytes.indexOf(0x50, at + 1)) {
    const signature = view.getUint32(at, true)
    const header = signature === 0x04034b50 ? 30 : signature === 0x02014b50 ? 46 : 0
    if (header === 0) continue
    const length = view.getUint16(at + (header === 30 ? 26 : 28), true)
    if (length < 256) names.add(latin1(bytes.subarray(at + header, at + header + length)))
    if (names.has("mimetype") && names.size === 1) {
      const type = latin1(bytes.subarray(at + header + length, at + header + length + 64))
      if (type.startsWith("application/epub")) return "application/epub+zip"
      if (type.startsWith("application/vnd.oasis.opendocument")) return "application/vnd.oasis.opendocument"
    }
  }
  const holds = (prefix: string) => [...names].some((name) => name.startsWith(prefix))
  const office = [
    ...mainParts.filter(([, part]) => names.has(part)),
    ...mainParts.filter(([, , folder]) => holds(folder))
  ].map(([type]) => type)
  // A document inside the document adds its own entries: the name decides.
  const [first] = office
  if (first !== undefined) return office.find((type) => type === promised) ?? first
  return names.has("[Content_Types].xml") ? "application/vnd.openxmlformats-officedocument" : "application/zip"
}

const mainParts: ReadonlyArray<readonly [type: MediaType, part: string, folder: string]> = [
  [docx, "word/document.xml", "word/"],
  [xlsx, "xl/workbook.xml", "xl/"],
  [pptx, "ppt/presentation.xml", "ppt/"]
]

const looksLikeText = (sample: Uint8Array): boolean => {
  if (byteOrderMark(sample) !== undefined || utf16WithoutMark(sample) !== undefined) return true
  // Escape and form feed occur in text; more than a few other control characters do not.
  let controls = 0
  for (let at = 0; at < sample.length; at++) controls += controlBytes[sample[at] ?? 0] ?? 0
  return !sample.includes(0) && controls * 200 <= sample.length
}

const controlBytes = Uint8Array.from({ length: 256 }, (_, byte) => isControl(byte) ? 1 : 0)

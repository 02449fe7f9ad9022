/** Reads a ZIP's directory before anything is unpacked: its expanded size, and whether it is intact. */
import { crc32, inflateRawSync } from "node:zlib"
import { ParseFailure } from "../ParseFailure.ts"
import { decodeText } from "../text/decodeText.ts"

const maxTotalBytes = 200_000_000
const maxRatio = 200
/** Of unpacked XML, in bytes or characters: further parts are unpacked again each time they are read. */
const mostKept = 50_000_000

/** The parts of an Office document, unpacked when they are read. */
export interface Archive {
  /** For messages: "Word document". */
  readonly kind: string
  readonly names: ReadonlyArray<string>
  /** Undefined if there is no such part. Names differ by case between programs. */
  readonly read: (name: string) => Buffer | undefined
  /** The same as text. */
  readonly text: (name: string) => string | undefined
}

/** Fails if the archive is damaged, encrypted, or unpacks to more than 200 MB or 200 times its size. */
export const openArchive = (bytes: Buffer, kind: string): Archive => {
  const archive = { bytes, kind }
  const entries = readDirectory(archive)
  if (entries.some((entry) => entry.encrypted)) {
    throw new ParseFailure("ENCRYPTED", `The ${kind}'s parts are encrypted.`)
  }
  const budget = Math.min(maxTotalBytes, bytes.length * maxRatio)
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > budget) throw tooLarge(archive)
  const byName = new Map(entries.map((entry) => [keyOf(entry.name), entry]))
  // Each part is unpacked once to check it. The parser and the inventory both read its XML.
  const kept = new Map<Entry, Buffer | string>()
  let room = mostKept
  let left = budget
  for (const entry of entries) {
    const content = unpack(archive, entry, left)
    left -= content.length
    if (content.length > room || !isXml.test(entry.name)) continue
    kept.set(entry, content)
    room -= content.length
  }
  const read = (name: string) => {
    const entry = byName.get(keyOf(name))
    if (entry === undefined) return undefined
    const content = kept.get(entry)
    return content instanceof Buffer ? content : unpack(archive, entry, budget)
  }
  return {
    kind,
    names: entries.map((entry) => entry.name),
    read,
    text: (name) => {
      const entry = byName.get(keyOf(name))
      const known = entry === undefined ? undefined : kept.get(entry)
      if (typeof known === "string") return known
      const content = read(name)
      if (content === undefined) return undefined
      const text = decodeText(content)
      if (entry !== undefined && known !== undefined) kept.set(entry, text)
      return text
    }
  }
}

const isXml = /\.(?:xml|rels)$/i

const keyOf = (name: string): string => name.replaceAll("\\", "/").replace(/^\//, "").toLowerCase()

interface Source {
  readonly bytes: Buffer
  readonly kind: string
}

interface Entry {
  readonly name: string
  readonly encrypted: boolean
  readonly method: number
  readonly crc: number
  readonly compressed: number
  readonly size: number
  readonly offset: number
}

const corrupt = ({ kind }: Source, what: string, cause?: unknown) =>
  new ParseFailure("PARSE_CORRUPT", `The ${kind} is damaged: ${what}.`, cause)

const tooLarge = ({ bytes, kind }: Source) =>
  new ParseFailure(
    "EXPANSION_LIMIT",
    `The ${kind} has ${bytes.length} bytes but unpacks to more than 200 MB or ${maxRatio} times its size.`
  )

const readDirectory = (source: Source): ReadonlyArray<Entry> => {
  const { bytes } = source
  const end = bytes.lastIndexOf("PK\u0005\u0006", undefined, "latin1")
  if (end < 0 || end + 22 > bytes.length) throw corrupt(source, "its archive has no directory, so its end is missing")
  const count = bytes.readUInt16LE(end + 10)
  const entries: Array<Entry> = []
  let at = bytes.readUInt32LE(end + 16)
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) {
      throw corrupt(source, "its archive's directory is damaged")
    }
    const nameLength = bytes.readUInt16LE(at + 28)
    entries.push({
      name: bytes.toString("latin1", at + 46, at + 46 + nameLength),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      compressed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42)
    })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

/** The directory may lie about sizes, so each part is unpacked once, within the remaining limit, before any is used. */
const unpack = (source: Source, entry: Entry, left: number): Buffer => {
  const { bytes } = source
  const { name, offset } = entry
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== 0x04034b50) {
    throw corrupt(source, `its part ${name} is missing`)
  }
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  if (start + entry.compressed > bytes.length) throw corrupt(source, `its part ${name} is cut off`)
  const packed = bytes.subarray(start, start + entry.compressed)
  const content = entry.method === 0 ? packed : inflate(source, packed, entry, left)
  if (crc32(content) !== entry.crc) throw corrupt(source, `the checksum of its part ${name} is wrong`)
  return content
}

const inflate = (source: Source, packed: Buffer, entry: Entry, left: number): Buffer => {
  if (entry.method !== 8) throw corrupt(source, `its part ${entry.name} is packed by an unknown method`)
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(left, 1) })
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(source)
    throw corrupt(source, `its part ${entry.name} cannot be unpacked`, cause)
  }
}

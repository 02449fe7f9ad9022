/** The media types that are distinguished, and the one that a file's name implies. */

/** Every type that is distinguished, with its name for messages. */
export const mediaTypes = {
  "application/pdf": "a PDF",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "a Word document (DOCX)",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "an Excel workbook (XLSX)",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "a PowerPoint presentation (PPTX)",
  "application/vnd.openxmlformats-officedocument": "an incomplete Office document",
  "application/x-encrypted-office": "an Office document protected by a password",
  "application/msword": "an old Word document (DOC)",
  "application/vnd.ms-excel": "an old Excel workbook (XLS)",
  "application/vnd.ms-powerpoint": "an old PowerPoint presentation (PPT)",
  "application/x-ole-storage": "an old Office file",
  "application/vnd.oasis.opendocument": "an OpenDocument file",
  "application/epub+zip": "an EPUB book",
  "application/rtf": "an RTF document",
  "application/postscript": "a PostScript file",
  "application/zip": "a ZIP archive",
  "application/x-archive": "an archive",
  "application/x-executable": "an executable program",
  "application/vnd.sqlite3": "a SQLite database",
  "application/octet-stream": "binary data",
  "application/x-empty": "an empty file",
  "image/png": "an image (PNG)",
  "image/jpeg": "an image (JPEG)",
  "image/tiff": "an image (TIFF)",
  "image/*": "an image",
  "audio/*": "a sound recording",
  "video/*": "a video",
  "message/rfc822": "a mail (EML)",
  "multipart/related": "a saved web page (MHT)",
  "text/html": "HTML",
  "text/markdown": "Markdown",
  "text/csv": "a table of text (CSV)",
  "text/plain": "plain text"
} as const

export type MediaType = keyof typeof mediaTypes

export const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
export const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
export const pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

const byExtension: ReadonlyMap<string, MediaType> = new Map(
  ([
    ["application/pdf", "pdf"],
    [docx, "docx docm dotx"],
    [xlsx, "xlsx xlsm"],
    [pptx, "pptx pptm"],
    ["application/msword", "doc dot"],
    ["application/vnd.ms-excel", "xls"],
    ["application/vnd.ms-powerpoint", "ppt"],
    ["application/vnd.oasis.opendocument", "odt ods odp"],
    ["application/epub+zip", "epub"],
    ["application/rtf", "rtf"],
    ["application/zip", "zip"],
    ["application/x-executable", "exe dll"],
    ["image/png", "png"],
    ["image/jpeg", "jpg jpeg"],
    ["image/tiff", "tif tiff"],
    ["image/*", "gif bmp webp heic"],
    ["message/rfc822", "eml"],
    ["multipart/related", "mht mhtml"],
    ["text/html", "html htm xhtml"],
    ["text/markdown", "md markdown"],
    ["text/csv", "csv tsv tab"],
    ["text/plain", "txt text log json yaml yml rst"]
  ] as const).flatMap(([type, names]) => names.split(" ").map((name) => [name, type] as const))
)

/** The file name extensions of a type, the usual one first. */
export const extensionsOf = (type: MediaType): ReadonlyArray<string> =>
  [...byExtension].flatMap(([extension, each]) => each === type ? [extension] : [])

/** The type implied by the name, if its extension is known. */
export const promisedType = (filename: string): MediaType | undefined =>
  byExtension.get(/\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase() ?? "")

const usualExtensions: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  [docx]: "docx",
  [xlsx]: "xlsx",
  [pptx]: "pptx",
  "application/msword": "doc",
  "application/vnd.ms-excel": "xls",
  "application/vnd.ms-powerpoint": "ppt",
  "application/epub+zip": "epub",
  "application/rtf": "rtf",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/tiff": "tif",
  "message/rfc822": "eml",
  "multipart/related": "mht",
  "text/html": "html",
  "text/markdown": "md",
  "text/csv": "csv",
  "text/plain": "txt"
}

/** The name's own extension if known, otherwise the type's; `bin` if neither is known. */
export const extensionOf = (filename: string, type: string): string =>
  promisedType(filename) === undefined
    ? usualExtensions[type] ?? "bin"
    : filename.slice(filename.lastIndexOf(".") + 1).toLowerCase()

/** One of the Office documents that are ZIP archives. */
export const isOffice = (type: MediaType) => type === docx || type === xlsx || type === pptx

/** Mails and saved web pages are text as well. */
export const isText = (type: MediaType) =>
  type.startsWith("text/") || type === "message/rfc822" || type === "multipart/related"

/** True if the name implies another type than the bytes; kinds of text never contradict each other. */
export const contradicts = (filename: string, found: MediaType): boolean => {
  const promised = promisedType(filename)
  if (promised === undefined || promised === found) return false
  return !(isText(promised) && isText(found)) && !compatible(promised, found)
}

// An encrypted Office file hides which of the three it is; a truncated or old one may, too.
const compatible = (promised: MediaType, found: MediaType): boolean =>
  found === "application/x-encrypted-office" || found === "application/vnd.openxmlformats-officedocument"
    ? isOffice(promised) || promised.startsWith("application/ms") || promised.includes("vnd.ms-")
    : found === "application/x-ole-storage" && /ms-|msword/.test(promised)

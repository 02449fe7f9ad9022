/** Why a file is refused. */
import type { Multipart } from "effect/http"
import {
  BadRequest,
  Conflict,
  Gone,
  KeyReused,
  NotFound,
  OverQuota,
  TooLarge,
  Unauthenticated,
  Unprocessable,
  UnsupportedMedia
} from "../api/Problem.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import type { DocumentId } from "../domain/Ids.ts"
import type { Refusal } from "../domain/judgeFile.ts"
import { sizeInWords } from "../domain/StorageLimits.ts"

export const malformed = (code: BadRequest["code"], detail: string) => new BadRequest({ code, detail, errors: [] })

export const tooLarge = (limit: number) =>
  new TooLarge({
    code: "FILE_TOO_LARGE",
    detail: `The file is larger than ${sizeInWords(limit)}. ${errorCodes.FILE_TOO_LARGE.help}`
  })

/** Within the limit, but not what the upload was created for. */
export const longerThanAnnounced = (announced: number) =>
  new TooLarge({
    code: "FILE_TOO_LARGE",
    detail: `The file is larger than the ${
      sizeInWords(announced)
    } announced. Create a new upload with the file's real size.`
  })

export const emptyFile = () =>
  new Unprocessable({ code: "EMPTY_FILE", detail: `${errorCodes.EMPTY_FILE.title} ${errorCodes.EMPTY_FILE.help}` })

export const refusedFile = ({ code, what }: Refusal) =>
  code === "EMPTY_FILE" ? emptyFile() : new UnsupportedMedia({ code, detail: `${what} ${errorCodes[code].help}` })

export const refusedByStorage = (mediaType: string) =>
  new UnsupportedMedia({
    code: "UNSUPPORTED_TYPE",
    detail: `The storage does not accept files of the type ${mediaType}. Ask the operator to allow it.`
  })

/** As its completion would be, which finds that bytes are missing; the address still accepts the whole file. */
export const shorterThanAnnounced = (sent: number, announced: number) =>
  new Unprocessable({
    code: "CHECKSUM_MISMATCH",
    detail: `Only ${sent} of the announced ${announced} bytes were sent. Send the whole file to upload_url, `
      + "or create a new upload with the file's real size."
  })

/** `missing`: what was received and what was announced, if that is more: the transfer was cut off. */
export const checksumMismatch = (
  found: string,
  missing?: { readonly received: number; readonly announced: number }
) => {
  const cut = missing === undefined
    ? ""
    : `Only ${missing.received} of the announced ${missing.announced} bytes were received. `
  return new Unprocessable({
    code: "CHECKSUM_MISMATCH",
    detail: `${cut}The sha256 of the received bytes is ${found}. ${errorCodes.CHECKSUM_MISMATCH.help}`
  })
}

/** Only deleting frees storage, so a retry soon after makes no sense. */
export const overQuota = (quotaBytes: number) =>
  new OverQuota({
    detail: `The user's documents may take ${sizeInWords(quotaBytes)}, and this one would exceed that. `
      + "Delete some, then send it again.",
    retry_after_s: 3_600
  })

/** Its keys were revoked while the file was on its way. */
export const erasedUser = () =>
  new Unauthenticated({
    code: "BAD_CREDENTIAL",
    detail: "The credential was revoked, and all data of its user deleted, while the file was being uploaded."
  })

export const idTaken = (id: DocumentId) =>
  new Conflict({
    code: "DOCUMENT_ID_TAKEN",
    detail: `There is a document ${id} already. Leave document_id out, or delete that document first.`
  })

export const reusedKey = () =>
  new KeyReused({ detail: "This Idempotency-Key belongs to another request. Use a new key for a new request." })

export const uploadExpired = () =>
  new Gone({ detail: "The upload has expired, or its file was refused. Create a new one." })

export const uploadNotFound = (detail: string) => new NotFound({ code: "UPLOAD_NOT_FOUND", detail })

export const uploadConflict = (code: "UPLOAD_MISSING" | "UPLOAD_PRESENT", detail: string) =>
  new Conflict({ code, detail })

export const documentDeleted = () =>
  new NotFound({ code: "DOCUMENT_NOT_FOUND", detail: "The document created from this upload was deleted." })

export const malformedForm = ({ reason }: Multipart.MultipartError) =>
  malformed("BAD_MULTIPART", formFaults[reason._tag])

const formFaults: Record<Multipart.MultipartError["reason"]["_tag"], string> = {
  FileTooLarge: "A part is too large.",
  FieldTooLarge: "A field is longer than 64 KB.",
  BodyTooLarge: "The body is too large.",
  TooManyParts: "There are more than 20 parts.",
  InternalError: "The body ended early.",
  Parse: "The body is not well-formed multipart/form-data."
}

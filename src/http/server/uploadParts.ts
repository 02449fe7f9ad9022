/** The parts of an upload, as they arrive. */
import { type Schema, Stream } from "effect"
import { type HttpServerRequest, Multipart } from "effect/http"
import { type Form, formOverhead } from "../../intake/readForm.ts"

/** `contract`: what the route's form is made of. */
export const formOf = (
  request: HttpServerRequest.HttpServerRequest,
  maxUploadBytes: number,
  contract: Schema.Struct<Schema.Struct.Fields>
): Form => ({
  known: Object.keys(contract.fields),
  parts: uploadParts(request, maxUploadBytes),
  bytes: Number(request.headers["content-length"])
})

/** Only a defect of the multipart parser is the caller's fault; any other stays a defect. */
export const uploadParts = (
  { multipartStream }: Pick<HttpServerRequest.HttpServerRequest, "multipartStream">,
  maxUploadBytes: number
) => {
  const limits = {
    maxParts: 20,
    maxFieldSize: 65_536,
    maxTotalSize: maxUploadBytes + formOverhead,
    fieldMimeTypes: []
  }
  return Stream.provideContext(multipartStream, Multipart.limitsServices(limits)).pipe(
    Stream.catchDefect((defect) =>
      isParserBug(defect) ? Stream.fail(Multipart.MultipartError.fromReason("Parse", defect)) : Stream.die(defect)
    )
  )
}

/** Effect 4.1 throws a TypeError for a part whose headers end in the middle of a line: to the caller a malformed body. */
const isParserBug = (defect: unknown): boolean =>
  defect instanceof TypeError && /^.*\n\s+at .*Multipart/.test(defect.stack ?? "")

/** The parts of an upload, as they come. */
import { Stream } from "effect"
import { type HttpServerRequest, Multipart } from "effect/http"

/** Where a part's own headers cannot be read, the library's reader breaks down; to the caller that is a malformed body. */
export const uploadParts = (request: HttpServerRequest.HttpServerRequest, limits: Multipart.withLimits.Options) =>
  Stream.provideContext(request.multipartStream, Multipart.limitsServices(limits)).pipe(
    Stream.catchDefect((defect) => Stream.fail(Multipart.MultipartError.fromReason("Parse", defect)))
  )

/** Gives up a request that stands still: an API that hangs accepts requests and answers none. */
import { Duration, Effect } from "effect"
import { HttpBody, HttpClientError, HttpClientRequest } from "effect/http"
import { durationInWords } from "../../domain/durationInWords.ts"
import { noAnswer } from "./apiFailure.ts"
import { Patience } from "./RequestContext.ts"

/** The API carries out a large deletion to its end, even without a caller who waits. */
const deletionPatience = Duration.minutes(10)

const looksPerLimit = 4

const isDeletion = ({ method, url }: HttpClientRequest.HttpClientRequest) =>
  method === "DELETE" || url.endsWith("/erase")

/** Of a request that `watchFiles` has seen. As long as a file moves, it may take hours. */
export const inTime = <A, R>(
  answer: Effect.Effect<A, HttpClientError.HttpClientError, R>,
  request: HttpClientRequest.HttpClientRequest
) => {
  const standstill = Effect.gen(function*() {
    const limit = isDeletion(request) ? deletionPatience : yield* Patience
    for (let looks = 0; looks < looksPerLimit;) {
      const before = piecesSent(request)
      yield* Effect.sleep(Duration.divideUnsafe(limit, looksPerLimit))
      looks = piecesSent(request) > before ? 0 : looks + 1
    }
    const description = `${noAnswer}${durationInWords(limit)}`
    return yield* new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, description })
    })
  })
  return Effect.raceFirst(answer, standstill)
}

const piecesSent = ({ body }: HttpClientRequest.HttpClientRequest): number =>
  body._tag === "FormData"
    ? [...body.formData.values()].reduce((sum, value) => sum + (value instanceof WatchedFile ? value.pieces : 0), 0)
    : 0

export const watchFiles = (request: HttpClientRequest.HttpClientRequest) => {
  if (request.body._tag !== "FormData") return request
  const form = new FormData()
  for (const [name, value] of request.body.formData) {
    form.append(name, typeof value === "string" ? value : new WatchedFile([value], value.name, { type: value.type }))
  }
  return HttpClientRequest.setBody(request, HttpBody.formData(form))
}

/** Counts the pieces that are read from it; they are read as the API takes them. */
class WatchedFile extends File {
  pieces = 0
  override stream() {
    const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (piece, next) => {
        this.pieces++
        next.enqueue(piece)
      }
    })
    return super.stream().pipeThrough(counted)
  }
}

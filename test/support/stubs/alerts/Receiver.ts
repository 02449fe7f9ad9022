/** Where a sink's notices arrive: what has been taken, and how the next call is answered. */
import { Effect, Queue, type Scope } from "effect"
import { serveStub, type StubAnswer, type StubRequest } from "../HttpStub.ts"

/** `silent` takes the call and never answers. */
export type Mood = "takes" | "busy" | "broken" | "refuses" | "silent"

/** A notice as its receiver sees it. */
interface Taken {
  /** By what the receiver tells alerts apart. */
  readonly alert: string
  readonly state: string
  readonly text: string
}

export interface Receiver {
  readonly url: URL
  readonly taken: Array<Taken>
  /** One for each call. */
  readonly calls: Queue.Queue<void>
  mood: Mood
}

/** A receiver's own rules: what it takes of a request, or why it does not. */
export type Read = (request: StubRequest) => Taken | { readonly refusal: StubAnswer }

export const serveReceiver = (read: Read, thanks: StubAnswer): Effect.Effect<Receiver, never, Scope.Scope> =>
  Effect.gen(function*() {
    const calls = yield* Queue.unbounded<void>()
    const url = yield* serveStub((request) => {
      Queue.offerUnsafe(calls, undefined)
      switch (receiver.mood) {
        case "busy":
          return { status: 429, headers: { "retry-after": "7" }, body: "slow down" }
        case "broken":
          return { status: 503, body: "<h1>Down for maintenance</h1>" }
        case "refuses":
          return { status: 403, body: everythingOf(request) }
        case "silent":
          return "hang"
        case "takes": {
          const found = read(request)
          if ("refusal" in found) return found.refusal
          receiver.taken.push(found)
          return thanks
        }
      }
    })
    const receiver: Receiver = { url, taken: [], calls, mood: "takes" }
    return receiver
  })

/** An error page that repeats the request, as some do, with every secret in it. */
const everythingOf = ({ body, headers, url }: StubRequest): string =>
  `forbidden: ${url.pathname}${url.search} ${headers.authorization ?? ""} ${body.toString("utf8").slice(0, 200)}`

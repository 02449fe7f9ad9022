/** What a browser with the dashboard open asks for: the live overview, and what an open page asks, as often as it does. */
import { Effect, Ref, Schedule, Stream } from "effect"
import { Cookies, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { RunFailed } from "../child.ts"

/** Route and seconds between two requests, as the pages other than the Overview have them. */
export const otherPages = [
  ["/api/v1/alerts?which=all", 3],
  ["/api/v1/operations/jobs?limit=50", 3],
  ["/api/v1/failures", 5],
  ["/api/v1/operations/held", 3],
  ["/api/v1/costs", 10],
  ["/api/v1/capacity", 15]
] as const

/** Runs until an answer is not the expected one, which fails. */
export const openDashboard = Effect.fnUntraced(function*(
  monitor: string,
  key: string,
  pages: ReadonlyArray<readonly [route: string, seconds: number]>,
  answers: Ref.Ref<number>
) {
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const { cookies } = yield* HttpClientRequest.post(`${monitor}/session`).pipe(
    HttpClientRequest.bodyJsonUnsafe({ credential: key }),
    HttpClientRequest.setHeader("x-accessa-dashboard", "1"),
    client.execute,
    // The API may be migrating its database.
    Effect.retry({
      while: ({ response }) => response?.status === 503,
      schedule: Schedule.spaced("200 millis"),
      times: 150
    })
  )
  const get = (route: string) =>
    client.execute(
      HttpClientRequest.setHeader(
        HttpClientRequest.get(`${monitor}${route}`),
        "cookie",
        Cookies.toCookieHeader(cookies)
      )
    )
  const counted = Ref.update(answers, (count) => count + 1)
  const live = HttpClientResponse.stream(get("/live")).pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.filter((line) => line.startsWith("event:")),
    Stream.runForEach((line) =>
      line === "event: overview"
        ? counted
        : Effect.fail(new RunFailed({ message: `The live overview sent ${line}.` }))
    ),
    Effect.andThen(Effect.fail(new RunFailed({ message: "The live overview ended." })))
  )
  const asked = pages.map(([route, seconds]) =>
    get(route).pipe(
      Effect.flatMap(({ text }) => text),
      Effect.andThen(counted),
      Effect.repeat(Schedule.fixed(`${seconds} seconds`)),
      Effect.andThen(Effect.never)
    )
  )
  return yield* Effect.all([live, ...asked], { concurrency: "unbounded" })
})

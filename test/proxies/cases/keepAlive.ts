/** Idle connections between a proxy and the API: a request that meets the API's close is lost, and the proxy answers 502. */
import { Effect, Random } from "effect"
import { randomUUID } from "node:crypto"
import { callers } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must } from "../../faults/judge.ts"
import { World } from "../../faults/World.ts"
import { type Heard, makeClient } from "../send.ts"
import { installed, proxyKeepAlive, startProxies } from "../startProxies.ts"

/** Per proxy; together with the other one twice as many. */
const bursts = 50
const requests = 100
/** Around the times after which servers usually close: Node's own five seconds, and now and then those of the proxies. */
const pauses = { usual: [4_900, 6_300], long: [(proxyKeepAlive - 1) * 1_000, (proxyKeepAlive + 1) * 1_000] } as const

export const cases: ReadonlyArray<Case> = [
  {
    id: "P1",
    title: "10,000 POSTs through nginx and haproxy, with idle pauses",
    expected: "The API answers each of them; no proxy answers 502.",
    minutes: 20,
    run: Effect.gen(function*() {
      const { start, urls } = yield* World
      yield* must(installed.nginx && installed.haproxy, "nginx and haproxy are not installed.")
      yield* start("start", { REQUESTS_PER_MINUTE: "10000000", TRUSTED_PROXIES: "127.0.0.1" })
      const { key } = yield* callers
      const proxies = yield* startProxies(urls.api)
      const seen = new Map<string, number>()
      const note = (name: string) => ({ status }: Heard) =>
        Effect.sync(() => seen.set(`${name} ${status}`, (seen.get(`${name} ${status}`) ?? 0) + 1))
      yield* Effect.forEach(proxies, (proxy) =>
        Effect.gen(function*() {
          const { send } = makeClient(proxy)
          for (let burst = 0; burst < bursts; burst++) {
            const post = Effect.suspend(() => send({ path: `/api/v1/jobs/${randomUUID()}/retry`, key }))
            yield* Effect.all(Array.from({ length: requests }, () => Effect.tap(post, note(proxy.name))), {
              concurrency: 50
            })
            const [least, most] = burst % 20 === 10 ? pauses.long : pauses.usual
            yield* Effect.sleep(yield* Random.nextIntBetween(least, most))
          }
        }), { concurrency: "unbounded" })
      const figures = [...seen].map(([what, count]) => `${what}: ${count}`).join(", ")
      yield* must([...seen.keys()].every((what) => what.endsWith(" 404")), figures)
      return `${figures} (404: there is no such job).`
    })
  }
]

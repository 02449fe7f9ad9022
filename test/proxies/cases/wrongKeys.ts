/** A stranger who guesses keys behind the same proxy as everyone else. */
import { Effect, Schema } from "effect"
import { callers } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must } from "../../faults/judge.ts"
import { World } from "../../faults/World.ts"
import { makeClient } from "../send.ts"
import { installed, startProxies } from "../startProxies.ts"

const seconds = 60
const guesses = 30
const stranger = "127.0.0.2"
const Made = Schema.Struct({ secret: Schema.String })

export const cases: ReadonlyArray<Case> = [
  {
    id: "P2",
    title: "thirty wrong keys a second from one address behind each proxy, for a minute",
    expected: "The stranger is answered 401 and then 429; every other client's first request with a new key is served.",
    needs: ["linux"],
    run: Effect.gen(function*() {
      const { start, urls } = yield* World
      yield* must(installed.nginx && installed.haproxy, "nginx and haproxy are not installed.")
      yield* start("start", { TRUSTED_PROXIES: "127.0.0.1" })
      const { ask } = yield* callers
      const newKey = ask("/api/v1/keys", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "a client", role: "viewer" })
      }).pipe(
        Effect.flatMap(({ body }) => Schema.decodeUnknownEffect(Made)(body)),
        Effect.map(({ secret }) => secret)
      )
      const proxies = yield* startProxies(urls.api)
      const found = yield* Effect.forEach(proxies, (proxy) =>
        Effect.gen(function*() {
          const { send } = makeClient(proxy)
          const get = (key: string, from: string) => send({ method: "GET", path: "/api/v1/jobs?limit=1", key, from })
          const refused = new Map<number, number>()
          const others = new Map<number, number>()
          const add = (counts: Map<number, number>, status: number) => counts.set(status, (counts.get(status) ?? 0) + 1)
          for (let second = 0; second < seconds; second++) {
            const guess = (n: number) => get(`acc_${second}00${n}_wrong`, stranger)
            // The last one shares the stranger's address, which does not matter to a valid key.
            const clients = [`127.0.1.${second + 1}`, stranger]
            yield* Effect.all([
              Effect.forEach(Array.from({ length: guesses }, (_, n) => n), (n) =>
                Effect.map(guess(n), ({ status }) => add(refused, status)), { concurrency: 10 }),
              Effect.forEach(clients, (from) =>
                Effect.map(
                  Effect.flatMap(newKey, (key) =>
                    get(key, from)),
                  ({ status }) =>
                    add(others, status)
                )),
              Effect.sleep("1 second")
            ], { concurrency: "unbounded" })
          }
          return { name: proxy.name, refused, others }
        }), { concurrency: "unbounded" })
      const said = (counts: Map<number, number>) =>
        [...counts].map(([status, count]) => `${count} × ${status}`).join(", ")
      const figures = found.map(({ name, others, refused }) =>
        `${name}: the stranger ${said(refused)}; the others ${said(others)}`
      ).join(". ")
      for (const { others, refused } of found) {
        yield* must([...others.keys()].every((status) => status === 200), figures)
        yield* must([...refused.keys()].every((status) => status === 401 || status === 429), figures)
        yield* must((refused.get(429) ?? 0) > 1_000, figures)
      }
      return `${figures}.`
    })
  }
]

/** Callers with invalid credentials, or with valid ones meant for something else. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { createHmac, randomUUID } from "node:crypto"
import { startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must } from "../../faults/judge.ts"
import { World } from "../../faults/World.ts"

const secret = "the secret of a project's tokens, which is long enough"
const project = "https://project.supabase.co"

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

/** A token as the project's auth service signs it, with other claims over it. */
const token = (claims: Readonly<Record<string, unknown>> = {}) => {
  const payload = {
    iss: `${project}/auth/v1`,
    sub: randomUUID(),
    aud: "authenticated",
    role: "authenticated",
    is_anonymous: false,
    exp: Math.floor(Date.now() / 1000) + 600,
    ...claims
  }
  const signed = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(payload)}`
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`
}
const tokenSettings = { SUPABASE_JWT_SECRET: secret, SUPABASE_URL: project }

/** None was seen before: keys that do not exist, and tokens with another signature. */
const wrong = (n: number) =>
  n % 2 === 0
    ? `acc_${n.toString(16).padStart(8, "0")}_${"0".repeat(64)}`
    : `${token().slice(0, -6)}${n.toString().padStart(6, "0")}`

type Api = Effect.Success<ReturnType<typeof startApi>>

const knock = (api: Api, credentials: ReadonlyArray<string>, headers: Readonly<Record<string, string>> = {}) =>
  Effect.forEach(
    credentials,
    (credential) => Effect.map(api.ask("/api/v1/jobs", { headers }, credential), ({ status }) => status),
    { concurrency: 2 }
  )
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n)
const howMany = (statuses: ReadonlyArray<number>, status: number) => statuses.filter((each) => each === status).length

/** Keys that no request has used yet. */
const freshKeys = (api: Api, count: number) =>
  Effect.forEach(numbers(count), (n) =>
    Effect.map(
      api.ask("/api/v1/keys", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: `fresh ${n}`, role: "viewer" })
      }),
      ({ body }) => String(body["secret"])
    ))

export const cases: ReadonlyArray<Case> = [
  {
    id: "A17",
    title: "200 invalid credentials, then 30 valid ones that were never used before, all from one address",
    expected: "Each valid one is accepted; the invalid ones get 429.",
    minutes: 1,
    run: Effect.gen(function*() {
      const api = yield* startApi({ settings: tokenSettings })
      const keys = yield* freshKeys(api, 15)
      const refused = yield* knock(api, numbers(200).map(wrong))
      const opened = yield* knock(api, [...keys, ...numbers(15).map(() => token())])
      yield* must(howMany(opened, 200) === 30, `The answers to the 30 valid ones were ${opened.join(", ")}.`)
      yield* must(howMany(refused, 200) === 0, "An invalid one was accepted.")
      yield* must(howMany(refused, 429) >= 100, `Only ${howMany(refused, 429)} invalid ones got 429.`)
      return `30 of 30 were accepted; of 200 invalid ones, ${howMany(refused, 401)} were 401 and ${
        howMany(refused, 429)
      } 429.`
    })
  },
  {
    id: "A17a",
    title: "an attacker behind our proxy uses up the limit for invalid credentials, and one without a proxy forges "
      + "addresses",
    expected: "Behind the proxy only the attacker's own limit is affected; without one, forged addresses "
      + "change nothing.",
    minutes: 1,
    run: Effect.gen(function*() {
      const { start } = yield* World
      const trusting = yield* startApi({ settings: { TRUSTED_PROXIES: "127.0.0.0/8" } })
      const from = (address: string) => ({ "x-forwarded-for": `198.51.100.1, ${address}` })
      const stranger = yield* knock(trusting, numbers(60).map(wrong), from("203.0.113.5"))
      const neighbour = yield* knock(trusting, numbers(20, 100).map(wrong), from("203.0.113.6"))
      yield* must(howMany(stranger, 429) > 0, "The attacker was never told to wait.")
      yield* must(
        howMany(neighbour, 429) === 0,
        "Another user behind the same proxy got 429 because of the attacker."
      )
      yield* trusting.process.kill

      yield* start("api", { TRUSTED_PROXIES: "10.0.0.0/8" })
      const invented = yield* Effect.forEach(
        numbers(60, 200),
        (n) => knock(trusting, [wrong(n)], { "x-forwarded-for": `203.0.113.${n}`, forwarded: `for=203.0.113.${n}` })
      )
      yield* must(howMany(invented.flat(), 429) > 0, "A forged address in each request escapes the limit.")
      return `The attacker was stopped ${howMany(stranger, 429)} times, the other user never; `
        + `60 forged addresses were stopped ${howMany(invented.flat(), 429)} times.`
    })
  },
  {
    id: "A22",
    title: "correctly signed tokens for other purposes: another issuer, the project's own keys, anonymous sign-ins",
    expected: "None of them is accepted as a user; a real user's token is.",
    minutes: 1,
    run: Effect.gen(function*() {
      const api = yield* startApi({ settings: tokenSettings })
      const [user] = yield* knock(api, [token()])
      yield* must(user === 200, `A user's own token was answered ${user}.`)
      const others = {
        "another issuer": token({ iss: "https://other.supabase.co/auth/v1" }),
        "no issuer": token({ iss: undefined }),
        "the role anon": token({ role: "anon" }),
        "the role service_role": token({ role: "service_role" }),
        "no role": token({ role: undefined }),
        "an anonymous sign-in": token({ is_anonymous: true })
      }
      const seen = yield* Effect.forEach(
        Object.entries(others),
        ([what, credential]) => Effect.map(knock(api, [credential]), ([status]) => ({ what, status }))
      )
      const opened = seen.filter(({ status }) => status !== 401)
      yield* must(
        opened.length === 0,
        `Accepted: ${opened.map(({ what, status }) => `${what} (${status})`).join(", ")}.`
      )
      return `${seen.length} kinds of tokens were refused; the user's was accepted.`
    })
  },
  {
    id: "A22a",
    title: "an attacker creates one anonymous user after another, and spends money as each of them",
    expected: "Each new user has the default budget.",
    minutes: 1,
    run: Effect.gen(function*() {
      const { start } = yield* World
      yield* start("mock-openai")
      const { ask } = yield* startApi({
        settings: { ...tokenSettings, SUPABASE_ALLOW_ANONYMOUS: "true", DEFAULT_USER_BUDGET_USD: "0" }
      })
      const answers = yield* Effect.forEach(numbers(5), () =>
        ask("/api/v1/search", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query: "what does it cost" })
        }, token({ is_anonymous: true })))
      const codes = answers.map(({ code, status }) => `${status} ${code}`)
      yield* must(answers.every(({ code }) => code === "BUDGET_EXCEEDED"), `Answered: ${codes.join(", ")}.`)
      return `5 searches of 5 new users were refused: ${codes[0]}.`
    })
  },
  {
    id: "A27",
    title: "a key that is about to expire is rotated",
    expected: "Its successor expires with it.",
    minutes: 1,
    run: Effect.gen(function*() {
      const api = yield* startApi()
      const send = (path: string, body: unknown) =>
        api.ask(path, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body)
        })
      const expires_at = new Date(Date.now() + 3_600_000).toISOString()
      const { body: { key_id } } = yield* send("/api/v1/keys", { name: "short", role: "viewer", expires_at })
      const { body: { secret: successor } } = yield* send(`/api/v1/keys/${key_id}/rotate`, { grace_s: 0 })
      const opens = Effect.map(knock(api, [String(successor)]), ([status]) => status)
      yield* must((yield* opens) === 200, "The successor is refused before its expiry.")
      // As if the hour had passed, for everything that expires.
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL`
      const after = yield* opens
      yield* must(after === 401, `After its expiry the successor is answered ${after}.`)
      return "The successor was accepted before its expiry and refused after it."
    })
  }
]

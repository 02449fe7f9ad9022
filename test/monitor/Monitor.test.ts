import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hash } from "node:crypto"
import { readRunbook } from "../../src/monitor/server/runbooks.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { type TestApi, testApi } from "../support/harness/TestApi.ts"
import { serve, serveOver } from "./serve.ts"

const dashboard = { "x-accessa-dashboard": "1", "content-type": "application/json" }

const ask = (url: URL, path: string, init: RequestInit = {}) => Effect.promise(() => fetch(new URL(path, url), init))
const signIn = (url: URL, credential: string, headers: Record<string, string> = dashboard) =>
  ask(url, "/session", { method: "POST", headers, body: JSON.stringify({ credential }) })
const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";")[0] ?? ""

const withMonitor = (name: string, body: (url: URL) => Effect.Effect<void, unknown, TestApi>) =>
  it.live(name, () => Effect.scoped(Effect.flatMap(serve, body)).pipe(Effect.provide(testApi())))

describe("the dashboard", () => {
  withMonitor(
    "the dashboard's page loads nothing from other hosts, and runs no script of its own but the one that its policy names",
    (url) =>
      Effect.gen(function*() {
        const page = yield* ask(url, "/jobs")
        const html = yield* Effect.promise(() => page.text())
        assert.strictEqual(page.status, 200)
        const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/gu)].map(([, script = ""]) =>
          `'sha256-${hash("sha256", script, "base64")}'`
        )
        assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none';/u)
        assert.include(page.headers.get("content-security-policy"), `; script-src 'self' ${scripts.join(" ")};`)
        assert.lengthOf(scripts, 1)
        assert.notMatch(html, /https?:\/\/|\son\w+=/u)
        for (const [, address = ""] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/gu)) {
          assert.strictEqual((yield* ask(url, address)).status, 200, address)
        }
      })
  )

  withMonitor("the dashboard's modules import only what the dashboard serves", (url) =>
    Effect.gen(function*() {
      const seen = new Set<string>()
      const follow = (address: string): Effect.Effect<void> =>
        Effect.gen(function*() {
          if (seen.has(address)) return
          seen.add(address)
          const answer = yield* ask(url, address)
          assert.strictEqual(answer.status, 200, address)
          const code = yield* Effect.promise(() => answer.text())
          for (const [, name = ""] of code.matchAll(/\b(?:from|import)\s*["']([^"'\s]+)["']/gu)) {
            yield* follow(new URL(name, new URL(address, url)).pathname)
          }
        })
      yield* follow("/assets/main.ts")
      assert.isAbove(seen.size, 30)
    }))

  withMonitor("the dashboard sends a module again only if it has changed", (url) =>
    Effect.gen(function*() {
      const etag = (yield* ask(url, "/assets/main.ts")).headers.get("etag") ?? ""
      const again = yield* ask(url, "/assets/main.ts", { headers: { "if-none-match": etag } })
      assert.strictEqual(again.status, 304)
    }))

  withMonitor("signing in requires an operator's key, and keeps it from the browser", (url) =>
    Effect.gen(function*() {
      const answer = yield* signIn(url, keyOf("operator"))
      assert.strictEqual(answer.status, 200)
      assert.match(answer.headers.get("set-cookie") ?? "", /HttpOnly; SameSite=Strict/u)
      assert.notInclude(answer.headers.get("set-cookie") ?? "", keyOf("operator"))
      const me = yield* ask(url, "/api/v1/me", { headers: { cookie: cookieOf(answer) } })
      assert.strictEqual(me.status, 200)
      assert.include(yield* Effect.promise(() => me.text()), "\"role\":\"operator\"")
    }))

  withMonitor(
    "signing in refuses an unknown key and an insufficient role, each with a sentence",
    (url) =>
      Effect.gen(function*() {
        const unknown = yield* signIn(url, "acc_unknown")
        assert.strictEqual(unknown.status, 401)
        const low = yield* signIn(url, keyOf("user"))
        assert.strictEqual(low.status, 403)
        assert.include(yield* Effect.promise(() => low.text()), "requires the role operator")
      })
  )

  withMonitor(
    "a request from another site changes nothing, although the browser sends the cookie",
    (url) =>
      Effect.gen(function*() {
        const cookie = cookieOf(yield* signIn(url, keyOf("operator")))
        const forged = yield* ask(url, "/api/v1/providers/embedder/reset", { method: "POST", headers: { cookie } })
        assert.strictEqual(forged.status, 403)
        assert.strictEqual((yield* signIn(url, keyOf("operator"), { "content-type": "application/json" })).status, 403)
      })
  )

  withMonitor("a session ends when its user signs out", (url) =>
    Effect.gen(function*() {
      const cookie = cookieOf(yield* signIn(url, keyOf("operator")))
      yield* ask(url, "/session", { method: "DELETE", headers: { cookie, ...dashboard } })
      assert.strictEqual((yield* ask(url, "/api/v1/me", { headers: { cookie } })).status, 401)
    }))

  withMonitor(
    "the overview arrives as an event stream, until its user signs out in another tab",
    (url) =>
      Effect.gen(function*() {
        const cookie = cookieOf(yield* signIn(url, keyOf("operator")))
        const stream = yield* ask(url, "/live", { headers: { cookie } })
        const reader = stream.body?.getReader()
        const next = Effect.promise(async () => new TextDecoder().decode((await reader?.read())?.value))
        assert.match(yield* next, /^event: overview\ndata: \{"at":/u)
        yield* ask(url, "/session", { method: "DELETE", headers: { cookie, ...dashboard } })
        assert.match(yield* next, /^event: signed-out\n/u)
        yield* Effect.promise(async () => reader?.cancel())
      })
  )

  it.live("an API that does not answer is named, with what to do", () =>
    Effect.scoped(Effect.gen(function*() {
      const url = yield* serveOver(new URL("http://127.0.0.1:9"))
      const answer = yield* signIn(url, "acc_any")
      assert.strictEqual(answer.status, 502)
      assert.include(yield* Effect.promise(() => answer.text()), "pnpm api")
    })).pipe(Effect.provide(testApi())))
})

describe("a runbook", () => {
  it("a runbook is read as sections of paragraphs and commands", () => {
    const page = readRunbook(
      "# The parser is out\n\n## Check\n\nIs it\nthem?\n\n```\naccessa providers list\n```\n\n## Repair\n\nWait.\n"
    )
    assert.deepStrictEqual(page, {
      title: "The parser is out",
      sections: [
        { title: "Check", paragraphs: ["Is it them?"], commands: ["accessa providers list"] },
        { title: "Repair", paragraphs: ["Wait."], commands: [] }
      ]
    })
  })

  withMonitor(
    "the dashboard's metrics need METRICS_TOKEN, or an operator's key that the API knows",
    (url) =>
      Effect.gen(function*() {
        const scrape = (credential: string) =>
          ask(url, "/metrics", { headers: credential === "" ? {} : { authorization: `Bearer ${credential}` } })
        assert.strictEqual((yield* scrape("")).status, 401)
        assert.strictEqual((yield* scrape("stranger")).status, 403)
        assert.strictEqual((yield* scrape(keyOf("user"))).status, 403)
        assert.strictEqual((yield* scrape(keyOf("operator"))).status, 200)
        assert.strictEqual((yield* scrape("scraper-token-0123456789")).status, 200)
      })
  )
})

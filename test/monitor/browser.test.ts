/** The dashboard in a real browser, if one is installed. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { type Browser, chromium, type Page } from "playwright-core"
import { keyOf } from "../support/harness/Credentials.ts"
import { testApi } from "../support/harness/TestApi.ts"
import { serve } from "./serve.ts"

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path)
)
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

const pages = [
  "/",
  "/jobs",
  "/failures",
  "/alerts",
  "/search",
  "/upload",
  "/workers",
  "/providers",
  "/capacity",
  "/webhooks",
  "/nowhere"
]

interface Seen {
  readonly page: Page
  readonly url: URL
  /** Errors on the console, and requests to other hosts. */
  readonly complaints: ReadonlyArray<string>
}

const open = (browser: Browser, url: URL, width: number, colorScheme: "light" | "dark") =>
  Effect.acquireRelease(
    Effect.promise(() => browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true })),
    (context) => Effect.promise(() => context.close())
  ).pipe(Effect.flatMap((context) =>
    Effect.promise(async (): Promise<Seen> => {
      const page = await context.newPage()
      const complaints: Array<string> = []
      page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())))
      page.on("pageerror", (error) => void complaints.push(String(error)))
      page.on("request", (request) => void (new URL(request.url()).host === url.host || complaints.push(request.url())))
      await page.goto(url.href)
      await page.fill("input[name=credential]", keyOf("admin"))
      await page.keyboard.press("Enter")
      await page.waitForSelector(".rail")
      return { page, url, complaints }
    })
  ))

const withBrowser = (name: string, body: (browser: Browser, url: URL) => Effect.Effect<void, unknown, never>) =>
  it.live.skipIf(executable === undefined)(
    name,
    () =>
      Effect.gen(function*() {
        const url = yield* serve()
        const browser = yield* Effect.acquireRelease(
          Effect.promise(() => chromium.launch({ executablePath: executable ?? "", args: ["--no-sandbox"] })),
          (launched) => Effect.promise(() => launched.close())
        )
        yield* body(browser, url)
      }).pipe(Effect.scoped, Effect.provide(testApi())),
    120_000
  )

describe("the dashboard in a browser", () => {
  withBrowser(
    "every page is free of console errors, requests to other hosts, and serious accessibility faults",
    (browser, url) =>
      Effect.scoped(Effect.gen(function*() {
        for (const [width, scheme] of [[1280, "light"], [390, "dark"]] as const) {
          const { complaints, page } = yield* open(browser, url, width, scheme)
          for (const path of pages) {
            yield* Effect.promise(() => page.goto(new URL(path, url).href))
            yield* Effect.promise(() => page.waitForSelector("main h1"))
            yield* Effect.promise(() => page.evaluate(axe))
            const found = yield* Effect.promise(() =>
              page.evaluate(`axe.run().then(({ violations }) => violations
              .filter(({ impact }) => impact === "serious" || impact === "critical")
              .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 80)).join(" | ")))`)
            )
            assert.deepStrictEqual(found, [], `${path} at ${width} px, ${scheme}`)
          }
          assert.deepStrictEqual(complaints, [])
        }
      }))
  )

  withBrowser(
    "the keyboard opens pages and the list of keys",
    (browser, url) =>
      Effect.scoped(Effect.gen(function*() {
        const { page } = yield* open(browser, url, 1280, "light")
        const titles = yield* Effect.promise(async () => {
          const seen: Array<string> = []
          for (const [key, path] of [["j", "/jobs"], ["f", "/failures"], ["w", "/workers"], ["o", "/"]] as const) {
            await page.locator("main").focus()
            await page.keyboard.press("g")
            await page.keyboard.press(key)
            await page.waitForFunction(`location.pathname === "${path}"`)
            seen.push(new URL(page.url()).pathname)
          }
          await page.locator("main").focus()
          await page.keyboard.press("?")
          await page.waitForSelector("dialog[open]")
          return seen
        })
        assert.deepStrictEqual(titles, ["/jobs", "/failures", "/workers", "/"])
      }))
  )
})

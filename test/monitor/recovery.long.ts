/** The dashboard in a browser that loses its requests. Skipped where none is installed. */
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { Chromium, drive, executable } from "./Browser.ts"
import { serveOver } from "./serve.ts"

/** The dashboard's address; its sign-in page needs no API. */
class Dashboard extends Context.Service<Dashboard, URL>()("accessa/test/monitor/Dashboard") {
  static readonly layer = Layer.effect(Dashboard, serveOver(new URL("http://127.0.0.1:1")))
}

/** A window of its own, under the page's own policy. */
const openWindow = Effect.acquireRelease(
  Effect.flatMap(
    Effect.flatten(Effect.service(Chromium)),
    (browser) => Effect.promise(() => browser.newContext())
  ),
  (context) => Effect.promise(() => context.close())
).pipe(Effect.flatMap((context) =>
  Effect.promise(async () => {
    const page = await context.newPage()
    page.setDefaultTimeout(45_000)
    return page
  })
))

layer(Layer.merge(Dashboard.layer, Chromium.layer), { timeout: "3 minutes", excludeTestServices: true })(
  "the dashboard, where requests are lost",
  (it) => {
    const inBrowser = it.effect.skipIf(executable === undefined)

    inBrowser(
      "says so and comes back by itself when the browser loses one module, or everything but the page",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const url = yield* Dashboard
          const page = yield* openWindow
          yield* drive(page, async () => {
            for (const files of ["**/assets/lib/htm.js", "**/assets/**"]) {
              await page.route(files, (route) => route.abort("failed"))
              await page.goto(url.href)
              await page.waitForSelector("[role=alert]:has-text('reloads as soon as its server answers')")
              await page.unroute(files)
              await page.waitForSelector("input[name=credential]")
              assert.strictEqual(await page.locator("[role=alert]").count(), 0)
              await page.waitForFunction("sessionStorage.getItem('accessa-reloads') === null")
            }
          })
        }))
    )

    inBrowser(
      "says what to look at, and tries less often, when a style sheet is refused for good",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const url = yield* Dashboard
          const page = yield* openWindow
          yield* drive(page, async () => {
            await page.clock.install()
            await page.addInitScript("sessionStorage.setItem('accessa-reloads', '10')")
            await page.route("**/assets/style/tokens.css", (route) => route.abort("failed"))
            await page.goto(url.href)
            await page.waitForSelector("[role=alert]:has-text('check what blocks /assets')")
            const again = page.waitForEvent("load")
            await page.clock.runFor(30_000)
            await again
          })
        }))
    )
  }
)

/** The dashboard without a mouse, and with an API that goes away. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { checkPages } from "./accessibility.ts"
import { getAnswers } from "./answers.ts"
import { Chromium, drive, executable, open, signIn, visit } from "./Browser.ts"
import { named, whereDone } from "./policies.ts"
import { serveOver } from "./serve.ts"
import { Stack, stack } from "./Stack.ts"

layer(Layer.merge(Layer.provide(stack, NodeServices.layer), Chromium.layer), {
  timeout: "3 minutes",
  excludeTestServices: true
})(
  "an operator at the dashboard",
  (it) => {
    const inBrowser = it.effect.skipIf(executable === undefined)

    inBrowser("needs the keyboard alone to do all of this", () =>
      Effect.scoped(Effect.gen(function*() {
        const { damageNext, dashboard: url, key } = yield* Stack
        yield* damageNext
        const { page } = yield* open({ url })
        const press = async (...keys: ReadonlyArray<string>) => {
          for (const each of keys) await page.keyboard.press(each)
        }
        const tabTo = async (selector: string) => {
          for (let n = 0; n < 80; n++) {
            if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`) === true) return
            await press("Tab")
          }
          throw new Error(`Tab does not reach ${selector}`)
        }
        yield* drive(page, async () => {
          await tabTo("input[name=credential]")
          await page.keyboard.type(key)
          await press("Enter")
          await page.waitForSelector("main[data-settled] h1")
          await press("?")
          await page.waitForSelector("dialog[open]")
          // Before the page is opened: the browser must report the chooser by the time that Space opens it.
          const chooser = page.waitForEvent("filechooser")
          await press("Escape", "g", "u")
          await page.waitForSelector("main[data-settled] h1:text('Drop a document')")
          await tabTo("#file")
          await press("Space")
          await (await chooser).setFiles(named("again-policy.pdf"))
          await page.waitForSelector(".sent code:has-text('PARSE_CORRUPT')")
          await press("g", "f")
          await page.waitForSelector("main[data-settled] summary")
          await tabTo(".group[open] .group-body a")
          await press("Enter")
          await page.waitForSelector(".verdict.bad")
          await press("r")
          await page.waitForSelector(whereDone)
          await press("g", "j")
          await page.waitForSelector("main[data-settled] tr[data-row]")
          await press("j", "j", "Enter")
          await page.waitForSelector("main .crumbs")
        })
      })), 120_000)

    inBrowser(
      "finds no serious accessibility fault on any page, in a wide light window and in a narrow dark one",
      () => checkPages(() => true),
      180_000
    )

    inBrowser(
      "sees no answer in the wrong place: late, after another one, or of long ago",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { dashboard: url, key } = yield* Stack
          const { page } = yield* open({ url })
          yield* drive(page, async () => {
            await page.clock.install()
            await page.reload()
            await signIn(page, key)
            await getAnswers(page)
          })
        })),
      60_000
    )

    inBrowser(
      "misses nothing when the API is killed and restarted, and says how old the page is meanwhile",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { api, damageNext, key, second, startSecond } = yield* Stack
          yield* damageNext
          const first = yield* startSecond
          const { page } = yield* open({ url: yield* serveOver(second) })
          const ask = (path: string, method = "GET") =>
            Effect.promise(() => fetch(new URL(path, api), { method, headers: { authorization: `Bearer ${key}` } }))
          yield* drive(page, async () => {
            await signIn(page, key)
            await visit(page, "/upload")
            await page.setInputFiles("#file", named("gap-policy.pdf"))
            await page.click(".sent:has-text('PARSE_CORRUPT') a:has-text('Job')")
            await page.waitForSelector(".verdict.bad")
          })
          const job = new URL(page.url()).pathname
          yield* first.kill
          yield* ask(`/api/v1${job}/retry`, "POST")
          yield* ask(`/api/v1${job}?wait=60`)
          yield* drive(page, async () => {
            await page.waitForSelector(".stalebar:has-text('old')")
            assert.notInclude(await page.innerText(".live"), "live")
          })
          yield* startSecond
          yield* drive(page, async () => {
            await page.waitForSelector(whereDone)
            await page.waitForSelector(".stalebar", { state: "detached" })
            for (const status of ["parse_validated", "chunks_stored", "embeddings_stored", "complete"]) {
              await page.waitForSelector(`section:has(h2:text-is('Events')) tbody tr:has-text('${status}')`)
            }
          })
        })),
      120_000
    )
  }
)

/** A real browser, where one is installed, signed in to the dashboard. */
import { Context, Effect, Layer, Schema, Scope } from "effect"
import { existsSync } from "node:fs"
import { type Browser, chromium, type Page } from "playwright-core"

export const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path)
)

class PageFailed extends Schema.TaggedError<PageFailed>()("PageFailed", { message: Schema.String }) {}

export const launch = Effect.acquireRelease(
  Effect.promise(() => chromium.launch({ executablePath: executable ?? "", args: ["--no-sandbox"] })),
  (browser) => Effect.promise(() => browser.close())
)

/** One for all tests of a file, launched by the first that needs it: each has a window with its own storage. */
export class Chromium extends Context.Service<Chromium, Effect.Effect<Browser>>()("accessa/test/monitor/Chromium") {
  static readonly layer = Layer.effect(
    Chromium,
    Effect.flatMap(Effect.scope, (scope) => Effect.cached(Scope.provide(launch, scope)))
  )
}

interface Options {
  readonly url: URL
  readonly width?: number
  readonly colorScheme?: "light" | "dark"
}

export interface Opened {
  readonly page: Page
  /** Errors on the console, and requests to other hosts. */
  readonly complaints: ReadonlyArray<string>
}

/** The sign-in page, in a window of its own that closes with the scope. */
export const open = ({ colorScheme = "light", url, width = 1280 }: Options) =>
  Effect.acquireRelease(
    // Axe is injected as a script, which the page's own policy forbids.
    Effect.flatMap(Effect.flatten(Effect.service(Chromium)), (browser) =>
      Effect.promise(() =>
        browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true })
      )),
    (context) => Effect.promise(() => context.close())
  ).pipe(Effect.flatMap((context) =>
    Effect.promise(async (): Promise<Opened> => {
      const page = await context.newPage()
      page.setDefaultTimeout(45_000)
      const complaints: Array<string> = []
      page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())))
      page.on("pageerror", (error) => void complaints.push(String(error)))
      page.on("request", (request) => void (new URL(request.url()).host === url.host || complaints.push(request.url())))
      await page.goto(url.href)
      return { page, complaints }
    })
  ))

/** What the page does that it should not is the test's failure, with what was on it. */
export const drive = (page: Page, work: () => Promise<void>) =>
  Effect.tryPromise({
    try: work,
    catch: (cause) => new PageFailed({ message: `At ${page.url()}: ${String(cause)}` })
  })

export const signIn = async (page: Page, key: string) => {
  await page.fill("input[name=credential]", key)
  await page.keyboard.press("Enter")
  await page.waitForSelector(".rail")
}

/** As a link would: the page is not loaded again. */
export const visit = async (page: Page, path: string) => {
  await page.evaluate(
    `history.pushState(null, "", ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent("popstate"))`
  )
  await page.waitForSelector("main[data-settled] h1")
}

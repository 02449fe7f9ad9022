/** The dashboard in a real browser, over a stack as users start it. Skipped where no browser is installed. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Page } from "playwright-core"
import { checkPages } from "./accessibility.ts"
import { Chromium, drive, executable, open, signIn } from "./Browser.ts"
import { copyInVain, leaveTabs, readDeleted, sendSeveral, skipToContent } from "./everyday.ts"
import { named, whereDone } from "./policies.ts"
import { Stack, stack } from "./Stack.ts"

/** The first failure in the list, which is open, and its latest job. */
const openFailedJob = async (page: Page) => {
  await page.click(".rail a[href='/failures']")
  await page.click(".group[open] .group-body a")
  await page.waitForSelector(".verdict.bad .lead:text('failed')")
}

layer(Layer.merge(Layer.provide(stack, NodeServices.layer), Chromium.layer), {
  timeout: "3 minutes",
  excludeTestServices: true
})(
  "an operator at the dashboard",
  (it) => {
    const inBrowser = it.effect.skipIf(executable === undefined)

    inBrowser(
      "drops a file, sees it fail on the overview, reads why, retries it, and sees it complete",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { damageNext, dashboard: url, key } = yield* Stack
          yield* damageNext
          const { complaints, page } = yield* open({ url })
          let job = ""
          yield* drive(page, async () => {
            await signIn(page, key)
            await page.click(".rail a[href='/upload']")
            await page.setInputFiles("#file", named("once-policy.pdf"))
            await page.click(".rail a[href='/']")
            await page.waitForSelector("tr:has-text('once-policy.pdf'):has-text('parse_queued')")
            await page.waitForSelector("tr:has-text('once-policy.pdf'):has-text('PARSE_CORRUPT')")
            await page.waitForSelector(".phase .foot:has-text('1 failed_parse')")
            await openFailedJob(page)
            assert.match(await page.innerText(".verdict"), /failed: [^]*PARSE_CORRUPT/u)
            await page.click("button[data-key=retry]")
            await page.waitForSelector(whereDone)
            await page.waitForSelector(".tag:has-text('proved')")
            job = new URL(page.url()).pathname.split("/")[2] ?? ""
            await sendSeveral(page, job)
            await skipToContent(page)
            await copyInVain(page)
          })
          assert.deepStrictEqual(complaints, [])
          yield* drive(page, () => readDeleted(page, job))
          yield* drive(page, () => leaveTabs(page))
        })),
      120_000
    )

    // Each page in one of its two looks; in both of them by `pnpm test:long`.
    inBrowser(
      "finds no serious accessibility fault on any page, and no page that reaches out of its width",
      () => checkPages((page, look) => page % 2 === look),
      180_000
    )
  }
)

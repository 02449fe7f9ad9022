/** The dashboard in a real browser, over a stack as users start it. Skipped where no browser is installed. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"
import { Chromium, drive, executable, open, signIn, visit } from "./Browser.ts"
import { named, whereDone } from "./policies.ts"
import { Stack, stack } from "./Stack.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** The first failure in the list, which is open, and its latest job. */
const openFailedJob = async (page: Page) => {
  await page.click(".rail a[href='/failures']")
  await page.click(".group[open] .group-body a")
  await page.waitForSelector(".verdict.bad .lead:text('failed')")
}

// Only violations are worked out in full, and of the rules only those that matter here: a third of the time.
const seriousFaults = `axe.run({
    resultTypes: ["violations"],
    rules: Object.fromEntries(axe._audit.rules
      .filter(({ impact }) => impact === "minor" || impact === "moderate")
      .map(({ id }) => [id, { enabled: false }]))
  }).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 90)).join(" | ")))`

/** Charts follow the width of the window some frames later. */
const settledWidth = `new Promise((resolve) => {
  const look = (left) => {
    const { scrollWidth } = document.documentElement
    if (scrollWidth <= innerWidth || left === 0) resolve(scrollWidth)
    else requestAnimationFrame(() => look(left - 1))
  }
  look(60)
})`

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
          })
          assert.deepStrictEqual(complaints, [])
        })),
      120_000
    )

    inBrowser(
      "finds no serious accessibility fault on any page, and no page that reaches out of its width",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { api, dashboard: url, key } = yield* Stack
          const jobs = yield* Effect.promise(async () => {
            const answer = await fetch(new URL("/api/v1/jobs?limit=1", api), {
              headers: { authorization: `Bearer ${key}` }
            })
            return answer.text()
          })
          const [, job = ""] = /"job_id":"([^"]+)"/u.exec(jobs) ?? []
          const [, document = ""] = /"document_id":"([^"]+)"/u.exec(jobs) ?? []
          const pages = [
            "/",
            "/jobs",
            `/jobs/${job}`,
            `/documents/${document}?chunk=1`,
            "/failures",
            "/alerts",
            "/search",
            "/upload",
            "/workers",
            "/providers",
            "/costs",
            "/capacity",
            "/webhooks",
            "/deploys",
            "/audit",
            "/nowhere"
          ]
          const { complaints, page } = yield* open({ url })
          yield* drive(page, async () => {
            await signIn(page, key)
            await page.evaluate(axe)
            for (const path of pages) {
              await visit(page, path)
              for (const [width, colorScheme] of [[1280, "light"], [390, "dark"]] as const) {
                await page.setViewportSize({ width, height: 900 })
                await page.emulateMedia({ colorScheme })
                const where = `${path} at ${width} px, ${colorScheme}`
                assert.isAtMost(Number(await page.evaluate(settledWidth)), width, where)
                assert.deepStrictEqual(await page.evaluate(seriousFaults), [], where)
              }
            }
          })
          assert.deepStrictEqual(complaints, [])
        })),
      180_000
    )
  }
)

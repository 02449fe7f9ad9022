/** Every page of the dashboard, in a wide light window and a narrow dark one. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { drive, open, signIn, visit } from "./Browser.ts"
import { Stack } from "./Stack.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

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

const looks = [{ width: 1280, colorScheme: "light" }, { width: 320, colorScheme: "dark" }] as const

/** No page reaches out of its width; where it is asked for, it has no serious accessibility fault either. */
export const checkPages = (hasNoFault: (page: number, look: number) => boolean) =>
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
      for (const [index, path] of pages.entries()) {
        await visit(page, path)
        for (const [look, { colorScheme, width }] of looks.entries()) {
          await page.setViewportSize({ width, height: 900 })
          await page.emulateMedia({ colorScheme })
          const where = `${path} at ${width} px, ${colorScheme}`
          assert.isAtMost(Number(await page.evaluate(settledWidth)), width, where)
          if (hasNoFault(index, look)) assert.deepStrictEqual(await page.evaluate(seriousFaults), [], where)
        }
      }
    })
    assert.deepStrictEqual(complaints, [])
  }))

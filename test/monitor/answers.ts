/** What the dashboard makes of answers that come late, in another order than asked for, or not at all. */
import { assert } from "@effect/vitest"
import type { Page } from "playwright-core"
import { visit } from "./Browser.ts"

const cause = {
  code: "PARSE_CORRUPT",
  class: "permanent",
  status: "failed_parse",
  fingerprint: "1a2b3c4d",
  jobs: 1500,
  users: 1,
  last_hour: 1500,
  first_at: "2026-11-30T08:00:00Z",
  last_at: "2026-11-30T08:30:00Z",
  new_in: null,
  hours: Array.from({ length: 24 }, () => 1),
  kept_texts: 0,
  kept_chunks: 0,
  kept_vectors: 0,
  left_usd: 0,
  filename: "a.pdf",
  job_id: "00000000-0000-4000-8000-00000000000a",
  user_id: "00000000-0000-4000-8000-000000000001",
  message: "The older cause.",
  kept: "The uploaded file.",
  help: "Open it."
}
const worse = { ...cause, fingerprint: "5e6f7a8b", jobs: 1600, message: "A worse cause." }

/** The clock of the page is the test's: five seconds are over at once. */
const readCause = async (page: Page) => {
  let failures = [cause]
  await page.route("**/api/v1/failures", (route) => route.fulfill({ json: { failures } }))
  await page.route("**/api/v1/jobs/retry", (route) =>
    route.fulfill({
      json: {
        matched: 1000,
        eligible: 1000,
        changed: 1000,
        users: 1,
        estimated_usd: 0,
        vectors_kept: 0,
        more: true,
        said: ""
      }
    }))
  await visit(page, "/failures")
  await page.click("button:has-text('Retry all')")
  await page.fill("input[name=reason]", "The parser is repaired.")
  failures = [worse, cause]
  await page.clock.runFor(6_000)
  await page.waitForSelector("summary:has-text('A worse cause.')")
  assert.strictEqual(await page.inputValue("input[name=reason]"), "The parser is repaired.")
  await page.click("form.reason button:has-text('Retry all')")
  await page.waitForSelector(".notice:has-text('1,000 jobs resume. More match')")
}

/** While an answer is on its way, the page does not ask again. */
const waitForJobs = async (page: Page) => {
  let asked = 0
  await page.route("**/api/v1/operations/jobs?*", () => void asked++)
  await page.click(".rail a[href='/jobs']")
  await page.clock.runFor(20_000)
  assert.strictEqual(asked, 1)
  await page.unroute("**/api/v1/operations/jobs?*")
}

/** The answer to the first question comes after that to the second. */
const askTwice = async (page: Page) => {
  await visit(page, "/search")
  const answers: Array<() => Promise<void>> = []
  await page.route("**/api/v1/search", (route) => {
    const { query } = route.request().postDataJSON()
    answers.push(() => route.fulfill({ status: 503, json: { title: "", detail: `No answer to ${query}` } }))
  })
  for (const question of ["one", "two"]) {
    await page.fill("input[name=question]", question)
    await page.keyboard.press("Enter")
    await page.waitForSelector(`.command:has-text("accessa search '${question}'")`)
  }
  for (const answer of answers.toReversed()) {
    const response = page.waitForResponse("**/api/v1/search")
    await answer()
    await response
  }
  await page.waitForSelector(".problem:has-text('No answer to two')")
  await page.clock.runFor(100)
  assert.strictEqual(await page.innerText(".problem"), "No answer to two")
}

/** A notice of long ago, and one that ends next week. */
const followNotice = async (page: Page) => {
  const alert = {
    alert_id: 7,
    key: "SUCCESS_RATE",
    rule: "SUCCESS_RATE",
    subject: "",
    severity: "critical",
    code: "SUCCESS_RATE",
    message: "The alert of the notice.",
    state: "closed",
    opened_at: "2026-10-01T08:00:00Z",
    fired_at: "2026-10-01T08:00:00Z",
    seen_at: "2026-10-01T08:05:00Z",
    closed_at: "2026-10-01T08:05:00Z",
    silenced_until: null,
    change_reason: null,
    count: 1
  }
  const silenced = {
    ...alert,
    alert_id: 900,
    message: "Another alert.",
    state: "silenced",
    closed_at: null,
    silenced_until: "2026-12-07T09:30:00Z"
  }
  await page.route(
    "**/api/v1/alerts?which=all",
    (route) => route.fulfill({ json: { alerts: [silenced], monitor: null } })
  )
  await page.route("**/api/v1/alerts/7", (route) => route.fulfill({ json: { alert, events: [], deliveries: [] } }))
  await page.setViewportSize({ width: 1280, height: 300 })
  await visit(page, "/alerts?id=7#runbook")
  await page.waitForSelector(".lead:text('The alert of the notice.')")
  await page.waitForSelector("#runbook h3")
  await page.waitForFunction("document.getElementById('runbook').getBoundingClientRect().top < 120")
  assert.include(await page.innerText(".alerts"), "until 12-07 09:30")
  await visit(page, "/alerts?id=8")
  await page.waitForSelector(".problem:has-text('8')")
}

/** Needs a page whose clock is installed. */
export const getAnswers = async (page: Page) => {
  await readCause(page)
  await waitForJobs(page)
  await askTwice(page)
  await followNotice(page)
  await visit(page, "/jobs/")
  await page.waitForSelector("h1:text-is('Jobs')")
  await page.waitForSelector(".counts a:has-text('complete'):has-text('in 1 h')")
}

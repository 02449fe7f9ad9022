/** What people do all day beside reading: choose files again, copy, skip, leave tabs open. */
import { assert } from "@effect/vitest"
import { resolve } from "node:path"
import type { Page } from "playwright-core"
import { visit } from "./Browser.ts"

/** Files of the same name, the same file twice, and a folder beside the field: each has a line of its own. */
export const sendSeveral = async (page: Page, job: string) => {
  await visit(page, "/upload")
  await page.route("**/api/v1/documents", (route) => route.fulfill({ json: { job_id: job, duplicate: true } }))
  const before = await page.locator(".sent").count()
  const file = (text: string) => ({ name: "report.txt", mimeType: "text/plain", buffer: Buffer.from(text) })
  await page.setInputFiles("#file", [file("one"), file("two")])
  assert.strictEqual(await page.inputValue("#file"), "", "the same file can be chosen again")
  const cdp = await page.context().newCDPSession(page)
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    const data = { items: [], files: [resolve("examples/documents")], dragOperationsMask: 1 }
    await cdp.send("Input.dispatchDragEvent", { type, x: 400, y: 75, data })
  }
  await page.waitForSelector(".sent:has-text('This is a folder')")
  await page.click(".rail a[href='/']")
  await page.click(".rail a[href='/upload']")
  await page.waitForSelector(".sent:has-text('report.txt'):has-text('complete')")
  assert.strictEqual(await page.locator(".sent").count(), before + 3)
}

export const skipToContent = async (page: Page) => {
  await page.focus(".skip")
  await page.keyboard.press("Enter")
  await page.waitForFunction("document.activeElement.id === 'main'")
}

/** As on a page over plain http from another machine. */
export const copyInVain = async (page: Page) => {
  await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
  await page.click(".copy >> nth=0")
  await page.waitForSelector(".notice:has-text('Select the text instead')")
}

/** The page of a document that is deleted meanwhile no longer says that it can be searched. */
export const readDeleted = async (page: Page, job: string) => {
  await visit(page, `/jobs/${job}`)
  await page.waitForSelector(".verdict:has-text('can be searched')")
  const problem = { detail: "There is no such job.", code: "JOB_NOT_FOUND", status: 404 }
  await page.route(`**/api/v1/jobs/${job}**`, (route) => route.fulfill({ status: 404, json: problem }))
  await page.waitForSelector(".verdict", { state: "detached" })
  await page.waitForSelector("[role=alert]:has-text('There is no such job.')")
}

const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate(
    `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"))`
  )

/** A tab in the background holds none of the browser's six connections, and learns when it is seen that its user signed out. */
export const leaveTabs = async (page: Page) => {
  const given = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/live"))
  await setHidden(page, true)
  await given
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.click("button[aria-label='Sign out']")
  await other.waitForSelector("input[name=credential]")
  await other.close()
  await setHidden(page, false)
  await page.waitForSelector("input[name=credential]")
}

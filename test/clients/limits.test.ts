/** The published clients, by a clock of their own, while their user's other waits and streams take all places for ten minutes. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { env, execPath } from "node:process"
import { buildClient } from "./site.ts"

const path = env["PATH"] ?? ""

/** The job ends after five minutes. */
const program = (source: string) => `
  const { Accessa } = await import(${JSON.stringify(source)})
  let now = 0
  Date.now = () => now
  globalThis.setTimeout = (resume, millis) => {
    now += millis
    queueMicrotask(resume)
  }
  const fetch = async (address) => {
    const { pathname, search } = new URL(address)
    const isEvents = pathname.endsWith("/events")
    if ((isEvents || search !== "") && now < 600_000) {
      return Response.json({ code: "TOO_MANY_AT_ONCE", retry_after_s: 15 }, { status: 429 })
    }
    const status = now >= 300_000 ? "complete" : "parse_queued"
    const event = "data: " + JSON.stringify({ event_id: 7, to_status: status }) + "\\n\\n"
    return isEvents ? new Response(event) : Response.json({ status })
  }
  const accessa = new Accessa({ url: "http://127.0.0.1:9", key: "key", fetch })
  const waited = [(await accessa.wait("job")).status, now / 1_000]
  const followed = []
  for await (const event of accessa.events("job")) followed.push(event.to_status)
  console.log(JSON.stringify([waited, [followed, now / 1_000]]))`

const expect = (stdout: string, stderr: string) => {
  assert.strictEqual(stderr, "")
  assert.deepStrictEqual(JSON.parse(stdout), [["complete", 300], [["complete"], 600]])
}

describe("a client whose user has no more places for waits and streams", () => {
  it.effect("in Node, it returns the job soon after its end, and its events once there is a place", () =>
    Effect.gen(function*() {
      const built = yield* buildClient
      const args = ["--input-type=module", "-e", program(`${built}/index.js`)]
      const { stderr, stdout } = spawnSync(execPath, args, { encoding: "utf8", env: { PATH: path } })
      expect(stdout, stderr)
    }))

  it.skipIf(spawnSync("python3", ["--version"]).status !== 0)("in Python, it does the same", () => {
    const { stderr, stdout } = spawnSync("python3", ["test/clients/limits.py"], {
      encoding: "utf8",
      env: { PATH: path, PYTHONPATH: "clients/python", PYTHONDONTWRITEBYTECODE: "1" }
    })
    expect(stdout, stderr)
  })
})

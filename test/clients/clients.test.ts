/** The published clients, by a clock of their own. Their user's other waits and streams take all places for ten minutes. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { env, execPath } from "node:process"
import { buildClient } from "./site.ts"

const path = env["PATH"] ?? ""

/** The job failed and was retried, and ends after five minutes. */
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
    const events = ["uploaded", "failed_parse", "uploaded", status].map((to_status, at) =>
      "data: " + JSON.stringify({ event_id: at + 1, to_status }) + "\\n\\n")
    return isEvents ? new Response(events.join("")) : Response.json({ status })
  }
  const accessa = new Accessa({ url: "http://127.0.0.1:9", key: "key", fetch })
  const waited = [(await accessa.wait("job")).status, now / 1_000]
  const followed = []
  for await (const event of accessa.events("job")) followed.push(event.to_status)
  console.log(JSON.stringify({ waited, followed: [...followed, now / 1_000] }))`

const expect = (stdout: string, stderr: string) => {
  assert.strictEqual(stderr, "")
  assert.deepStrictEqual(JSON.parse(stdout), {
    waited: ["complete", 300],
    followed: ["uploaded", "failed_parse", "uploaded", "complete", 600]
  })
}

describe("the package of the client for Python", () => {
  it("tells type checkers that it has types", () => {
    assert.isTrue(existsSync("clients/python/accessa/py.typed"))
    assert.include(readFileSync("clients/python/pyproject.toml", "utf8"), "accessa = [\"py.typed\"]")
  })
})

describe("a client whose user has no places left for waits and streams", () => {
  const task = "it returns the job soon after its end, and later all its events, past the failure before its retry"

  it.effect(`in Node, ${task}`, () =>
    Effect.gen(function*() {
      const built = yield* buildClient
      const args = ["--input-type=module", "-e", program(`${built}/index.js`)]
      const { stderr, stdout } = spawnSync(execPath, args, { encoding: "utf8", env: { PATH: path } })
      expect(stdout, stderr)
    }))

  it.skipIf(spawnSync("python3", ["--version"]).status !== 0)(`in Python, ${task}`, () => {
    const { stderr, stdout } = spawnSync("python3", ["test/clients/clients.py"], {
      encoding: "utf8",
      env: { PATH: path, PYTHONPATH: "clients/python", PYTHONDONTWRITEBYTECODE: "1" }
    })
    expect(stdout, stderr)
  })
})

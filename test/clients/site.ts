/**
 * A site with the built client that passes `/api` on to the API, and ends the first event stream after its first event: the
 * API seems to restart, so that the next two reads of the job fail.
 */
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { execPath } from "node:process"

/** As `pnpm build` in clients/typescript builds it. */
export const buildClient = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "accessa-client-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
).pipe(
  Effect.tap((folder) => {
    const args = ["node_modules/typescript/bin/tsc", "-p", "clients/typescript", "--outDir", folder]
    const { status, stdout } = spawnSync(execPath, args, { encoding: "utf8" })
    return status === 0 ? Effect.void : Effect.die(new Error(stdout))
  })
)

interface Site {
  readonly url: URL
  /** `Last-Event-ID` of each event stream that was requested. */
  readonly resumed: Array<string>
}

export const serveSite = Effect.fnUntraced(function*(folder: string, api: URL) {
  const resumed: Array<string> = []
  let answersOfAProxy = 2
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (resumed.length === 1 && answersOfAProxy > 0 && /\/jobs\/[^/?]+$/u.test(incoming.url ?? "")) {
      answersOfAProxy--
      if (answersOfAProxy === 0) return void incoming.socket.destroy()
      return void outgoing.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>")
    }
    const isStream = (incoming.url ?? "").endsWith("/events")
    if (isStream) resumed.push(String(incoming.headers["last-event-id"]))
    const cut = isStream && resumed.length === 1
    const passed = request(new URL(incoming.url ?? "/", api), { method: incoming.method, headers: incoming.headers })
    passed.on("response", (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.on("data", (bytes: Buffer) => {
        const end = cut ? bytes.indexOf("\n\n") : -1
        if (end < 0) return void outgoing.write(bytes)
        outgoing.end(bytes.subarray(0, end + 2))
        passed.destroy()
      })
      response.on("end", () => outgoing.end())
      response.on("error", () => outgoing.end())
    })
    passed.on("error", () => outgoing.end())
    outgoing.on("close", () => passed.destroy())
    incoming.pipe(passed)
  }
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const made = createServer((incoming, outgoing) => {
        const path = (incoming.url ?? "/").split("?")[0] ?? "/"
        if (path.startsWith("/api/")) return pass(incoming, outgoing)
        if (path === "/") {
          return void outgoing.writeHead(200, { "content-type": "text/html" }).end("<title>client</title>")
        }
        if (!/^\/[A-Za-z]+\.js$/.test(path)) return void outgoing.writeHead(404).end()
        outgoing.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(join(folder, path)))
      })
      made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
    }),
    (made) =>
      Effect.sync(() => {
        made.closeAllConnections()
        made.close()
      })
  )
  const address = server.address()
  const site: Site = {
    resumed,
    url: new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port ?? 0 : 0}`)
  }
  return site
})

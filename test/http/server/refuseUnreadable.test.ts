import { assert, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { createServer } from "node:http"
import { connect } from "node:net"
import { BadRequest, HeadersTooLarge, RequestTimeout } from "../../../src/api/Problem.ts"
import { refuseUnreadable } from "../../../src/http/server/refuseUnreadable.ts"

/** Sends this text unchanged; answers what is received until the connection ends, and the statuses that were counted. */
const say = (text: string) =>
  Effect.callback<{ readonly heard: string; readonly counted: ReadonlyArray<string> }>((resume) => {
    const counted: Array<string> = []
    const server = refuseUnreadable(
      createServer(
        { headersTimeout: 40, connectionsCheckingInterval: 10 },
        (_, response) => void response.end("served")
      ),
      (status) => void counted.push(status)
    )
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      let heard = ""
      const socket = connect(
        typeof address === "object" ? address?.port ?? 0 : 0,
        "127.0.0.1",
        () => socket.write(text)
      )
      socket.on("data", (part) => heard += part)
      socket.on("close", () => server.close(() => resume(Effect.succeed({ heard, counted }))))
    })
  })

const bad = [400, "BAD_REQUEST", BadRequest] as const

it.live.each(
  [
    ["is not HTTP", "HELO there\r\n\r\n", ...bad],
    ["has an invalid length", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", ...bad],
    ["has two lengths", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", ...bad],
    ["has a line end in a header", "GET / HTTP/1.1\r\nhost: a\r\nx: a\u0000b\r\n\r\n", ...bad],
    [
      "has 20 KB of headers",
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "HEADERS_TOO_LARGE",
      HeadersTooLarge
    ],
    ["never ends", "GET / HTTP/1.1\r\nhost: a\r\n", 408, "REQUEST_TIMEOUT", RequestTimeout]
  ] as const
)(
  "what %s is counted and answered with a problem of the contract, and the connection ends",
  ([, text, status, code, problem]) =>
    Effect.gen(function*() {
      const { counted, heard } = yield* say(text)
      const [head = "", body = ""] = heard.split("\r\n\r\n")
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `))
      assert.match(head, /content-type: application\/problem\+json/i)
      const read = JSON.parse(body)
      assert.deepInclude(read, { status, code, class: "permanent" })
      assert.include(head, `x-correlation-id: ${read.correlation_id}`)
      assert.strictEqual(Schema.decodeUnknownSync(problem)(read).code, code)
      assert.deepStrictEqual(counted, [String(status)])
    })
)

import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:http"
import { connect } from "node:net"
import { refuseUnreadable } from "../../../src/http/server/refuseUnreadable.ts"

/** Sends this text unchanged and returns everything received until the connection ends. */
const say = (text: string) =>
  Effect.callback<string>((resume) => {
    const server = refuseUnreadable(createServer((_, response) => void response.end("served")))
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      let heard = ""
      const socket = connect(
        typeof address === "object" ? address?.port ?? 0 : 0,
        "127.0.0.1",
        () => socket.write(text)
      )
      socket.on("data", (part) => heard += part)
      socket.on("close", () => server.close(() => resume(Effect.succeed(heard))))
    })
  })

it.live.each(
  [
    ["is not HTTP", "HELO there\r\n\r\n", 400, "BAD_REQUEST"],
    ["has an invalid length", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", 400, "BAD_REQUEST"],
    [
      "has two lengths",
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      400,
      "BAD_REQUEST"
    ],
    ["has a line end in a header", "GET / HTTP/1.1\r\nhost: a\r\nx: a\u0000b\r\n\r\n", 400, "BAD_REQUEST"],
    ["has 20 KB of headers", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431, "HEADERS_TOO_LARGE"]
  ] as const
)("what %s is answered with a problem, and the connection ends", ([, text, status, code]) =>
  Effect.gen(function*() {
    const [head = "", body = ""] = (yield* say(text)).split("\r\n\r\n")
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `))
    assert.match(head, /content-type: application\/problem\+json/i)
    const problem = JSON.parse(body)
    assert.deepInclude(problem, { status, code, class: "permanent" })
    assert.include(head, `x-correlation-id: ${problem.correlation_id}`)
  }))

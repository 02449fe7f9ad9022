/** A mail server for one mailbox, on `smtp-server`. */
import { Effect, Queue, type Scope } from "effect"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"
import type { Receiver } from "./Receiver.ts"

export const mailPassword = "s3cret+of/the@mailbox"

/** Reply codes as mail servers use them. */
const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

/** The certificate, whether TLS is there from the start, and so on. */
export const serveMail = (options: SMTPServerOptions): Effect.Effect<Receiver, never, Scope.Scope> =>
  Effect.gen(function*() {
    const calls = yield* Queue.unbounded<void>()
    const server = new SMTPServer({
      disableReverseLookup: true,
      logger: false,
      ...options,
      onConnect: (_, done) => {
        Queue.offerUnsafe(calls, undefined)
        if (receiver.mood === "broken") return done(refusal(421, "Down for maintenance"))
        if (receiver.mood !== "silent") done()
      },
      onAuth: ({ password, username }, _, done) =>
        receiver.mood === "refuses" || password !== mailPassword
          ? done(refusal(535, `Authentication failed for ${username}:${password}`))
          : done(null, { user: username }),
      onRcptTo: ({ address }, _, done) =>
        receiver.mood === "busy"
          ? done(refusal(451, "Greylisted, try again later"))
          : done(address.startsWith("unknown") ? refusal(550, "No such mailbox") : null),
      onData: (stream, _, done) => {
        const parts: Array<Buffer> = []
        stream.on("data", (part: Buffer) => parts.push(part))
        stream.on("end", () => {
          receiver.taken.push(readMail(Buffer.concat(parts).toString("utf8")))
          done()
        })
      }
    })
    // Clients that hang up.
    server.on("error", () => {})
    const port = yield* Effect.acquireRelease(
      Effect.callback<number>((resume) => {
        const listener = server.listen(0, "127.0.0.1", () => {
          const address = listener.address()
          resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
        })
      }),
      () =>
        Effect.callback<void>((resume) => {
          for (const connection of server.connections) connection.close()
          server.close(() => resume(Effect.void))
        })
    )
    const receiver: Receiver = { url: new URL(`smtp://localhost:${port}`), taken: [], calls, mood: "takes" }
    return receiver
  })

const readMail = (raw: string) => {
  const [head = ""] = raw.split("\r\n\r\n", 1)
  const headers = head.replaceAll(/\r\n[ \t]+/g, " ")
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "imu").exec(headers)?.[1] ?? ""
  const body = raw.slice(head.length).replaceAll(/=\r\n/g, "")
  const text = Buffer.from(
    body.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1"
  ).toString("utf8")
  return {
    alert: header("references"),
    state: decodeWords(header("subject")).split(":")[0]?.toLowerCase() ?? "",
    text: `${decodeWords(headers)}\n\n${text}`
  }
}

/** RFC 2047, as nodemailer writes it. */
const decodeWords = (text: string): string =>
  text.replaceAll(/\?=\s+=\?/g, "?==?").replaceAll(
    /=\?utf-8\?([BQ])\?([^?]*)\?=/gi,
    (_, kind: string, coded: string) =>
      kind.toUpperCase() === "B"
        ? Buffer.from(coded, "base64").toString("utf8")
        : Buffer.from(
          coded.replaceAll("_", " ").replaceAll(
            /=([0-9A-F]{2})/g,
            (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))
          ),
          "latin1"
        ).toString("utf8")
  )

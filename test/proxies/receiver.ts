/** Receives webhooks as a customer's server does, and checks their signatures. */
import { Effect } from "effect"
import { createHmac } from "node:crypto"
import { createServer } from "node:http"

const isSigned = (headers: NodeJS.Dict<string | ReadonlyArray<string>>, body: string, secret: string): boolean => {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64")
  const text = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`
  const expected = `v1,${createHmac("sha256", key).update(text).digest("base64")}`
  return String(headers["webhook-signature"]).split(" ").includes(expected)
}

/** `secret` is the one that it knows now; what it does not accept is answered 401. */
export const startReceiver = Effect.acquireRelease(
  Effect.callback<
    { readonly url: string; secret: string; accepted: number; refused: number; readonly close: () => void }
  >((resume) => {
    const server = createServer((request, response) => {
      const parts: Array<Buffer> = []
      request.on("data", (part: Buffer) => parts.push(part))
      request.on("end", () => {
        const isOurs = isSigned(request.headers, Buffer.concat(parts).toString(), receiver.secret)
        if (isOurs) receiver.accepted++
        else receiver.refused++
        response.writeHead(isOurs ? 204 : 401).end()
      })
    })
    const receiver = { url: "", secret: "", accepted: 0, refused: 0, close: () => server.closeAllConnections() }
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      resume(Effect.succeed(Object.assign(receiver, { url: `http://127.0.0.1:${port}/hook` })))
    })
  }),
  ({ close }) => Effect.sync(close)
)

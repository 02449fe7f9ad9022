/**
 * Opens the driver's connections: TCP, TLS, and the session's settings. Poolers drop or refuse startup parameters, so the
 * settings are a statement of their own, sent after the login and before the driver learns that the session is ready.
 */
import { connect, type Socket } from "node:net"
import { Duplex } from "node:stream"
import { connect as connectTls } from "node:tls"
import type { Address } from "./databaseUrl.ts"

/** The server answered the request for TLS with no. */
export class TlsNotOffered extends Error {
  override readonly message = "The server does not offer TLS."
}
/** The pooler accepted the login, and then gave no server connection. */
export class NoServerConnection extends Error {
  override readonly message = "The pooler has no free connection to the server."
}

export interface SessionOptions {
  readonly address: Address
  /** The session's first statement. */
  readonly settings: string
  /** How long a pooler may take to find a server connection, in milliseconds. */
  readonly patience: number
}

const sslRequest = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47)
const message = { query: 0x51, error: 0x45, ready: 0x5a, status: 0x53, notice: 0x4e }

/** As the driver's `stream`, which is written to before it is connected. */
export const openSession = ({ address, patience, settings }: SessionOptions) => (): Duplex => {
  const raw = connect({
    ...address.path === undefined ? { host: address.host, port: address.port } : { path: address.path },
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000
  })
  /** Once it may carry the protocol. */
  let socket: Socket | undefined
  let firstWrite: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const session = new Duplex({
    allowHalfOpen: false,
    read: () => socket?.resume(),
    write(chunk: Buffer, _encoding, done) {
      if (socket === undefined) firstWrite = () => socket?.write(chunk, done)
      else socket.write(chunk, done)
    },
    final: (done) => (socket ?? raw).end(done),
    destroy(error, done) {
      clearTimeout(timer)
      socket?.destroy()
      raw.destroy()
      done(error)
    }
  })

  const follow = (each: Socket) => {
    each.on("error", (error) => session.destroy(error))
    each.on("close", () => session.destroy())
  }
  const carry = (each: Socket) => {
    socket = each
    const forward = (bytes: Uint8Array) => {
      if (!session.push(bytes)) each.pause()
    }
    each.on("data", afterLogin(forward, { loggedIn, ready: () => clearTimeout(timer) }))
    firstWrite?.()
  }
  const loggedIn = () => {
    socket?.write(queryMessage(settings))
    // A pooler whose pool is full accepts the login and then never answers.
    timer = setTimeout(() => session.destroy(new NoServerConnection()), patience)
  }

  const secure = () => {
    raw.once("data", (answer) => {
      // More than one byte would be data that TLS does not protect.
      if (answer.length === 1 && answer[0] === 0x53) {
        const secured = connectTls({ ...address.tls.options, socket: raw })
        follow(secured)
        secured.once("secureConnect", () => carry(secured))
      } else if (answer.length === 1 && answer[0] === 0x4e && address.tls.use === "if offered") carry(raw)
      else session.destroy(new TlsNotOffered())
    })
    raw.write(sslRequest)
  }

  follow(raw)
  raw.once("connect", address.tls.use === "never" ? () => carry(raw) : secure)
  return session
}

/** Holds back the end of the login until the settings are made; forwards what the server says of an error. */
const afterLogin = (
  forward: (bytes: Uint8Array) => void,
  on: { readonly loggedIn: () => void; readonly ready: () => void }
) => {
  let state: "login" | "settings" | "open" = "login"
  let pending = Buffer.alloc(0)
  return (chunk: Buffer) => {
    if (state === "open") return forward(chunk)
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 5 && pending.length > pending.readInt32BE(1)) {
      const frame = pending.subarray(0, 1 + pending.readInt32BE(1))
      const type = frame[0]
      pending = pending.subarray(frame.length)
      if (type === message.ready && state === "login") {
        state = "settings"
        on.loggedIn()
        continue
      }
      if (type === message.ready || type === message.error) {
        on.ready()
        state = "open"
        return forward(Buffer.concat([frame, pending]))
      }
      if (state === "login" || type === message.status || type === message.notice) forward(frame)
    }
  }
}

const queryMessage = (statement: string): Uint8Array => {
  const text = Buffer.from(`${statement}\0`)
  const header = Buffer.of(message.query, 0, 0, 0, 0)
  header.writeInt32BE(text.length + 4, 1)
  return Buffer.concat([header, text])
}

/** Sockets of Node: a connection for each family of addresses, and a TLS handshake on the first that was made. */
import { DateTime, Effect, Layer } from "effect"
import { lookup } from "node:dns/promises"
import { connect, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { Reachability } from "../../services/Reachability.ts"
import type { Address, Attempt, Certificate, Reached } from "../../src/domain/Inspection.ts"

const patienceMs = 4_000

export const ReachabilityNode = Layer.succeed(Reachability, {
  check: Effect.fn("Reachability.check")(function*(address) {
    const host = address.host.replace(/^\[(.*)\]$/, "$1")
    const [ipv4, ipv6] = yield* Effect.all([tryFamily(host, address, 4), tryFamily(host, address, 6)], {
      concurrency: 2
    })
    const reached: Reached = {
      ...address,
      ipv4: ipv4.attempt,
      ipv6: ipv6.attempt,
      certificate: ipv4.certificate ?? ipv6.certificate
    }
    return reached
  })
})

interface Tried {
  readonly attempt: Attempt
  readonly certificate: Certificate | null
}

const tryFamily = (host: string, { port, protocol }: Address, family: 4 | 6): Effect.Effect<Tried> =>
  Effect.gen(function*() {
    const [ip] = yield* resolve(host, family)
    if (ip === undefined) return { attempt: null, certificate: null }
    return yield* Effect.acquireUseRelease(
      dial(ip, port),
      (socket) =>
        Effect.gen(function*() {
          const said = `connected to port ${port} over IPv${family}`
          if (protocol === "tcp" || protocol === "postgres") return { attempt: { ok: true, said }, certificate: null }
          if (protocol === "postgres over tls") yield* askForTls(socket)
          return { attempt: { ok: true, said }, certificate: yield* shakeHands(socket, host) }
        }),
      (socket) => Effect.sync(() => socket.destroy())
    ).pipe(Effect.timeoutOrElse({
      duration: patienceMs,
      orElse: () => Effect.fail(`no answer at port ${port} over IPv${family} within ${patienceMs / 1_000} s`)
    }))
  }).pipe(Effect.catch((said) => Effect.succeed({ attempt: { ok: false, said }, certificate: null })))

const resolve = (host: string, family: 4 | 6): Effect.Effect<ReadonlyArray<string>, string> => {
  const literal = isIP(host)
  if (literal !== 0) return Effect.succeed(literal === family ? [host] : [])
  return Effect.tryPromise({ try: () => lookup(host, { family, all: true }), catch: codeOf }).pipe(
    Effect.map((addresses) => addresses.map(({ address }) => address)),
    Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.fail("the name server does not answer") }),
    // The name may have addresses of the other family.
    Effect.catchIf((code) => noAddress.has(code), () => Effect.succeed([]))
  )
}

const noAddress = new Set(["ENOTFOUND", "ENODATA"])

const dial = (ip: string, port: number) =>
  Effect.callback<Socket, string>((resume) => {
    const socket = connect({ host: ip, port })
    socket.once("connect", () => resume(Effect.succeed(socket)))
    socket.once("error", (error) => resume(Effect.fail(`port ${port} of ${ip}: ${codeOf(error)}`)))
    return Effect.sync(() => void socket.destroy())
  })

/** Postgres answers an SSLRequest with one letter before the handshake. */
const askForTls = (socket: Socket) =>
  Effect.callback<void, string>((resume) => {
    socket.once("data", (answer) => resume(answer[0] === 0x53 ? Effect.void : Effect.fail("the server offers no TLS")))
    socket.once("error", (error) => resume(Effect.fail(codeOf(error))))
    socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]))
  })

/** Continues with an untrusted certificate, to tell what is wrong with it. */
const shakeHands = (socket: Socket, host: string) =>
  Effect.callback<Certificate, string>((resume) => {
    const secured = connectTls({
      socket,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      host
    })
    secured.once("secureConnect", () => {
      const { valid_to } = secured.getPeerCertificate()
      const validTo = DateTime.makeUnsafe(new Date(valid_to))
      const { authorizationError } = secured
      const said = secured.authorized ? "trusted" : String(authorizationError)
      secured.destroy()
      resume(Effect.succeed({ trusted: secured.authorized, said, validTo }))
    })
    secured.once("error", (error) => resume(Effect.fail(`the TLS handshake failed: ${codeOf(error)}`)))
    return Effect.sync(() => void secured.destroy())
  })

const codeOf = (error: unknown): string =>
  error instanceof Error
    ? ("code" in error && typeof error.code === "string" ? error.code : error.message)
    : "no reason known"

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, type Server } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { ReachabilityNode } from "../../../layers/Reachability/Node.ts"
import { Reachability } from "../../../services/Reachability.ts"
import type { Protocol } from "../../../src/domain/Inspection.ts"
import { makeCertificate } from "../../support/builders/makeCertificate.ts"

/** On a free port of 127.0.0.1. */
const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(address !== null && typeof address === "object" ? address.port : 0))
      })
    }),
    () => Effect.sync(() => server.close())
  )

const look = (host: string, port: number, protocol: Protocol) =>
  Effect.flatMap(Reachability, (reachability) => reachability.check({ name: "test", host, port, protocol }))

layer(ReachabilityNode, { excludeTestServices: true })("an address", (it) => {
  it.effect("an address that listens is reached over its own family only", () =>
    Effect.gen(function*() {
      const port = yield* listening(createServer())
      const { certificate, ipv4, ipv6 } = yield* look("127.0.0.1", port, "tcp")
      assert.isTrue(ipv4?.ok)
      assert.isNull(ipv6)
      assert.isNull(certificate)
    }))

  it.effect("an address at which no server listens is refused, with its port and the system's code", () =>
    Effect.gen(function*() {
      const port = yield* Effect.scoped(listening(createServer()))
      const { ipv4 } = yield* look("127.0.0.1", port, "tcp")
      assert.deepStrictEqual(ipv4, { ok: false, said: `port ${port} of 127.0.0.1: ECONNREFUSED` })
    }))

  it.effect("a name without any address is reached over neither family", () =>
    Effect.gen(function*() {
      const { ipv4, ipv6 } = yield* look("nowhere.invalid", 443, "tls")
      assert.isNotTrue(ipv4?.ok)
      assert.isNotTrue(ipv6?.ok)
    }))

  it.effect("a self-signed certificate is reported with its expiry, and is not trusted", () =>
    Effect.gen(function*() {
      const port = yield* listening(createTlsServer(makeCertificate()))
      const { certificate, ipv4 } = yield* look("127.0.0.1", port, "tls")
      assert.isTrue(ipv4?.ok)
      assert.isFalse(certificate?.trusted)
      assert.match(certificate?.said ?? "", /SELF_SIGNED|ALTNAME/)
      assert.isAbove(certificate?.validTo.epochMilliseconds ?? 0, Date.now())
    }))

  it.effect("a server that does not speak TLS fails the handshake, and a Postgres that offers none says so", () =>
    Effect.gen(function*() {
      const port = yield* listening(createServer((socket) => {
        socket.on("error", () => {})
        socket.once("data", () => socket.end("N"))
      }))
      const plain = yield* look("127.0.0.1", port, "tls")
      assert.include(plain.ipv4?.said, "handshake")
      const database = yield* look("127.0.0.1", port, "postgres over tls")
      assert.deepStrictEqual(database.ipv4, { ok: false, said: "the server offers no TLS" })
    }))
})

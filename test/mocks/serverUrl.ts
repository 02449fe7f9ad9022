/** Where a mock under test listens: on a free port of this machine. */
import { NodeHttpServer } from "@effect/platform-node"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { createServer } from "node:http"

export const freePort = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })

export const serverUrl = Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))

/** PGlite's thread: in the main thread a query would block the event loop. Sends "ready"; ends on any message. */
import { chmodSync, rmSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { parentPort, workerData } from "node:worker_threads"
import { openPglite } from "./openPglite.ts"
import { makePgliteServer } from "./pgliteWire.ts"

export interface PgliteTask {
  readonly dataDir: string
  readonly socketPath: string
}

const { dataDir, socketPath }: PgliteTask = workerData
const db = await openPglite(dataDir)
const pglite = makePgliteServer(db)
const sockets = new Set<Socket>()
const server = createServer((socket) => {
  const wire = pglite.connect()
  sockets.add(socket)
  socket.on("error", () => wire.destroy())
  socket.on("close", () => {
    sockets.delete(socket)
    wire.destroy()
  })
  // PGlite itself has failed, not a statement: the thread ends, and a new one reopens the data directory.
  wire.on("error", (error) => {
    throw error
  })
  wire.on("close", () => socket.destroy())
  socket.pipe(wire).pipe(socket)
})
rmSync(socketPath, { force: true })
server.listen(socketPath, () => {
  chmodSync(socketPath, 0o600)
  parentPort?.postMessage("ready")
})
parentPort?.once("message", async () => {
  server.close()
  for (const socket of sockets) socket.destroy()
  await pglite.close()
})

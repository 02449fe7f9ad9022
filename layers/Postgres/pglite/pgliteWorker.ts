/** The thread that PGlite runs in: in the main one a query would block the event loop. Says "ready", ends at any message. */
import { chmodSync, rmSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { parentPort, workerData } from "node:worker_threads"
import { openPglite } from "./openPglite.ts"
import { makePgliteServer } from "./pgliteWire.ts"

export interface PgliteTask {
  readonly dataDir: string
  /** Undefined: make the data directory and end. */
  readonly socketPath: string | undefined
}

const { dataDir, socketPath }: PgliteTask = workerData
const db = await openPglite(dataDir)
if (socketPath === undefined) await db.close()
else serve(socketPath)

function serve(path: string): void {
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
    // PGlite itself has failed, not a statement: the thread ends, and a new one opens the data directory again.
    wire.on("error", (error) => {
      throw error
    })
    wire.on("close", () => socket.destroy())
    socket.pipe(wire).pipe(socket)
  })
  rmSync(path, { force: true })
  server.listen(path, () => {
    chmodSync(path, 0o600)
    parentPort?.postMessage("ready")
  })
  parentPort?.once("message", async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await pglite.close()
  })
}

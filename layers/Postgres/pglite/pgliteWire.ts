/**
 * Makes PGlite's single session look like a server with many connections. Each wire speaks the Postgres protocol; complete
 * cycles run one after the other, and an open transaction keeps its turn until it ends. Limits: a transaction that waits
 * for another connection waits forever, settings and temporary tables are shared, and nothing can be cancelled.
 */
import type { PGlite } from "@electric-sql/pglite"
import { Duplex } from "node:stream"

const message = { query: 0x51, parse: 0x50, close: 0x43, sync: 0x53, terminate: 0x58, ready: 0x5a, notification: 0x41 }
const startup = { ssl: 80877103, cancel: 80877102 }
const idle = 0x49

interface Job {
  readonly wire: Duplex
  readonly bytes: Uint8Array
  readonly done: (error?: Error) => void
}

export interface PgliteServer {
  /** Opens one more connection. */
  readonly connect: () => Duplex
  /** Closes the database after the running cycle; nothing runs after that. */
  readonly close: () => Promise<void>
}

export const makePgliteServer = (db: PGlite): PgliteServer => {
  const ready = new Set<Duplex>()
  let waiting: Array<Job> = []
  /** The wire whose transaction is open. */
  let owner: Duplex | undefined
  let running = false
  let closing = false
  let cycle: Promise<unknown> = Promise.resolve()

  const run = async () => {
    if (running) return
    running = true
    for (let job = next(); job !== undefined; job = next()) {
      const { bytes, done, wire } = job
      waiting = waiting.filter((each) => each !== job)
      try {
        const reply = db.runExclusive(() => db.execProtocolRaw(bytes))
        cycle = reply
        owner = deliver(wire, await reply) ? undefined : wire
        done()
      } catch (error) {
        owner = undefined
        done(error instanceof Error ? error : new Error(String(error)))
      }
    }
    running = false
  }
  const next = () => closing ? undefined : waiting.find((job) => owner === undefined || job.wire === owner)
  const enqueue = (job: Job) => {
    waiting.push(job)
    void run()
  }

  /** Returns whether the session is outside any transaction. Notifications go to every wire. */
  const deliver = (wire: Duplex, reply: Uint8Array): boolean => {
    const own: Array<Uint8Array> = []
    let status = idle
    for (const frame of frames(reply)) {
      if (frame[0] === message.notification) { for (const each of ready) each.push(frame) }
      else own.push(frame)
      if (frame[0] === message.ready) status = frame[5] ?? idle
    }
    if (wire.destroyed) return status === idle
    if (own.length > 0) wire.push(Buffer.concat(own))
    ready.add(wire)
    return status === idle
  }

  const connect = () => {
    const cycles = makeCycles()
    const wire: Duplex = new Duplex({
      allowHalfOpen: false,
      read() {},
      write(chunk: Buffer, _encoding, done) {
        const { bytes, declineTls, ended } = cycles.take(chunk)
        if (declineTls) wire.push("N")
        if (bytes.length > 0) enqueue({ wire, bytes, done: ended ? () => wire.destroy() : done })
        else if (ended) wire.destroy()
        else done()
      },
      destroy(error, done) {
        waiting = waiting.filter((job) => job.wire !== wire)
        // The running cycle may still open a transaction, so roll back in any case.
        if (ready.delete(wire)) enqueue({ wire, bytes: cycles.farewell(), done: () => {} })
        done(error)
      }
    })
    return wire
  }

  const close = async () => {
    closing = true
    await Promise.allSettled([cycle])
    await db.close()
  }

  return { connect, close }
}

interface Taken {
  /** Complete cycles, up to the last Sync or Query received; or the startup packet. */
  readonly bytes: Uint8Array
  readonly declineTls: boolean
  /** The client is done with this connection; cancel requests arrive on separate connections and are ignored. */
  readonly ended: boolean
}

/** Splits one client's messages into cycles, and tracks what it would leave behind in the shared session. */
const makeCycles = () => {
  let arrived: Array<Buffer> = []
  let size = 0
  /** How many bytes complete the next frame: a large frame is joined once, not with every chunk. */
  let awaited = 0
  let started = false
  const statements = new Set<string>()

  const take = (chunk: Buffer): Taken => {
    arrived.push(chunk)
    size += chunk.length
    if (size < awaited) return { bytes: chunk.subarray(0, 0), declineTls: false, ended: false }
    const pending = Buffer.concat(arrived)
    let declineTls = false
    let begin = 0
    let cut = 0
    const taken = (end: number, ended: boolean): Taken => {
      arrived = [pending.subarray(cut)]
      size = pending.length - cut
      awaited = end - cut
      return { bytes: new Uint8Array(pending.subarray(begin, cut)), declineTls, ended }
    }
    for (let at = 0;;) {
      const header = at + (started ? 5 : 8)
      if (header > pending.length) return taken(header, false)
      const end = at + (started ? 1 + pending.readInt32BE(at + 1) : pending.readInt32BE(at))
      if (end > pending.length) return taken(end, false)
      const type = pending[at]
      if (started) {
        if (type === message.terminate) return taken(end, true)
        note(type, pending.subarray(at + 5, end))
        if (type === message.sync || type === message.query) cut = end
      } else {
        const code = pending.readInt32BE(at + 4)
        if (code === startup.cancel) return taken(end, true)
        cut = end
        if (code === startup.ssl) {
          declineTls = true
          begin = end
        } else {
          started = true
          return taken(end, false)
        }
      }
      at = end
    }
  }

  const note = (type: number | undefined, body: Buffer): void => {
    if (type === message.parse) {
      const name = body.toString("utf8", 0, body.indexOf(0))
      if (name !== "") statements.add(name)
      keepListening(body.subarray(body.indexOf(0) + 1))
    } else if (type === message.query) keepListening(body)
    else if (type === message.close && body[0] === 0x53) statements.delete(body.toString("utf8", 1, body.length - 1))
  }

  /** One client's UNLISTEN would silence all others, so it becomes a LISTEN of equal length. */
  const keepListening = (sql: Buffer): void => {
    if (sql.toString("latin1", 0, 9) === "UNLISTEN ") sql.write("  LISTEN ", "latin1")
  }

  const farewell = (): Uint8Array =>
    Buffer.concat([
      encode(message.query, "ROLLBACK\0"),
      ...Array.from(statements, (name) => encode(message.close, `S${name}\0`)),
      encode(message.sync, "")
    ])

  return { take, farewell }
}

const encode = (type: number, body: string): Uint8Array => {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body))
  bytes[0] = type
  bytes.writeInt32BE(bytes.length - 1, 1)
  bytes.write(body, 5)
  return bytes
}

const frames = function*(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + view.getInt32(at + 1)
    yield bytes.subarray(at, end)
    at = end
  }
}

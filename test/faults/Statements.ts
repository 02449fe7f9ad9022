/**
 * Reads the Postgres wire protocol as it passes a proxy, just enough to know which statement begins and when its answer is
 * complete, so that a case can act right before or right after it.
 */
import type { Watch } from "./Proxy.ts"

export interface Observer {
  /** A statement is about to reach the server; it waits for the promise. */
  readonly before?: (statement: string) => Promise<void> | void
  /** The server has executed it; the client has not received the answer yet. */
  readonly after?: (statement: string) => Promise<void> | void
}

const PARSE = 0x50, BIND = 0x42, QUERY = 0x51, SYNC = 0x53, READY = 0x5a
const SSL_REQUEST = 80877103

interface Connection {
  there: Buffer
  back: Buffer
  started: boolean
  readonly prepared: Map<string, string>
  /** Cycles begun and answered. */
  begun: number
  answered: number
  readonly underWay: Array<{ readonly statement: string; readonly cycle: number }>
}

export const watchStatements = (observer: Observer): Watch => {
  const connections = new Map<number, Connection>()
  const open = (id: number): Connection => {
    const known = connections.get(id)
    if (known !== undefined) return known
    const made: Connection = {
      there: Buffer.alloc(0),
      back: Buffer.alloc(0),
      started: false,
      prepared: new Map(),
      begun: 0,
      answered: 0,
      underWay: []
    }
    connections.set(id, made)
    return made
  }
  const begin = async (connection: Connection, statement: string) => {
    connection.underWay.push({ statement, cycle: connection.begun + 1 })
    await observer.before?.(statement)
  }
  const there = async (connection: Connection, type: number, body: Buffer) => {
    if (type === PARSE) {
      const [name = "", text = ""] = strings(body)
      connection.prepared.set(name, squeezed(text))
    }
    if (type === BIND) {
      const [, name = ""] = strings(body)
      await begin(connection, connection.prepared.get(name) ?? "")
    }
    if (type === QUERY) await begin(connection, squeezed(strings(body)[0] ?? ""))
    if (type === QUERY || type === SYNC) connection.begun++
  }
  const back = async (connection: Connection, type: number) => {
    if (type !== READY) return
    connection.answered++
    while ((connection.underWay[0]?.cycle ?? Infinity) <= connection.answered) {
      const statement = connection.underWay.shift()?.statement ?? ""
      await observer.after?.(statement)
    }
  }
  return async (direction, bytes, id) => {
    const connection = open(id)
    if (direction === "there") {
      connection.there = Buffer.concat([connection.there, bytes])
      start(connection)
      if (!connection.started) return
      for (const [type, body] of framesOf(connection, "there")) await there(connection, type, body)
    } else if (connection.started) {
      connection.back = Buffer.concat([connection.back, bytes])
      for (const [type] of framesOf(connection, "back")) await back(connection, type)
    }
  }
}

/** The first message has no type; its answer is a cycle of its own. */
const start = (connection: Connection): void => {
  while (!connection.started && connection.there.length >= 8) {
    const size = connection.there.readInt32BE(0)
    if (connection.there.length < size) return
    connection.started = connection.there.readInt32BE(4) !== SSL_REQUEST
    if (connection.started) connection.begun++
    connection.there = connection.there.subarray(size)
  }
}

const framesOf = function*(connection: Connection, side: "there" | "back"): Generator<readonly [number, Buffer]> {
  while (connection[side].length >= 5) {
    const size = 1 + connection[side].readInt32BE(1)
    if (connection[side].length < size) return
    const frame = connection[side].subarray(0, size)
    connection[side] = connection[side].subarray(size)
    yield [frame[0] ?? 0, frame.subarray(5)]
  }
}

/** The strings a message begins with. */
const strings = (body: Buffer): ReadonlyArray<string> => {
  const first = body.indexOf(0)
  const second = body.indexOf(0, first + 1)
  return [body.toString("utf8", 0, first), body.toString("utf8", first + 1, second === -1 ? undefined : second)]
}

const squeezed = (statement: string): string => statement.replace(/\s+/g, " ").trim()

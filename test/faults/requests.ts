/** Reads HTTP as it passes a proxy: which request begins, and when its answer does. */
import type { Watch } from "./Proxy.ts"
import type { Observer } from "./Statements.ts"

/** Requests are reported as `POST /v1/embeddings`, with `*` for ids and without the query. */
export const watchRequests = (observer: Observer): Watch => {
  const underWay = new Map<number, string>()
  return async (direction, bytes, connection) => {
    if (direction === "there") {
      const [, method, path] = /^(GET|POST|PUT|DELETE) ([^ ?]+)/.exec(bytes.toString("latin1", 0, 500)) ?? []
      if (method === undefined || path === undefined) return
      const request = `${method} ${path.replace(/\/[a-z]*[-_]?[0-9a-f-]{20,}/g, "/*")}`
      underWay.set(connection, request)
      await observer.before?.(request)
    } else {
      const request = underWay.get(connection)
      underWay.delete(connection)
      if (request !== undefined) await observer.after?.(request)
    }
  }
}

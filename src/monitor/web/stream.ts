/**
 * An event stream that is opened again for as long as the page wants it: the browser gives up on an answer that is not 200. A tab
 * in the background has none: a browser makes six connections to a host, and with six streams open no further tab would load.
 */
import { call } from "./api.ts"

/** Between two tries while the API does not answer, and if it refuses: the job was deleted, or too many streams are open. */
const patience = { away: 1_000, refused: 15_000 } as const

/** Answers how to close it. `onEvent` may get events again that it had before. */
export const openStream = (
  address: string,
  types: ReadonlyArray<string>,
  onEvent: (event: MessageEvent<string>) => void
): () => void => {
  let source: EventSource | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let wanted = true
  const disconnect = () => {
    clearTimeout(again)
    source?.close()
    source = undefined
  }
  const connect = () => {
    disconnect()
    if (document.hidden) return
    source = new EventSource(address)
    for (const type of types) source.addEventListener(type, onEvent)
    source.addEventListener("error", () => {
      if (!wanted || source?.readyState !== EventSource.CLOSED) return
      // Refused: the API is down, or the session has ended, which this request finds out.
      call("/api/v1/me").then(() => patience.refused, () => patience.away).then((wait) => {
        if (wanted) again = setTimeout(connect, wait)
      })
    })
  }
  connect()
  document.addEventListener("visibilitychange", connect)
  return () => {
    wanted = false
    document.removeEventListener("visibilitychange", connect)
    disconnect()
  }
}

/**
 * An event stream that is opened again for as long as the page wants it: the browser gives up on an answer that is not 200. A tab
 * in the background has none: a browser makes six connections to a host, and with six streams open no further tab would load.
 */
import { call } from "./api.ts"

/** Between two tries. */
const patience = 1_000

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
      call("/api/v1/me").catch(() => undefined).finally(() => {
        if (wanted) again = setTimeout(connect, patience)
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

/** Data of one page: loaded when the page opens and again at an interval; the old data stays visible meanwhile. */
import { signal, useComputed, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { call, Refused } from "./api.ts"
import { now, paused } from "./live.ts"

export interface Loaded<A> {
  readonly data: A | undefined
  readonly error: string | undefined
  /** Milliseconds since the data arrived. */
  readonly age: number | undefined
  readonly again: () => void
}

/** `address` null: nothing to load yet. Loads again when `version` changes, and every `everyMs` unless that is 0. */
export const useLoad = <A>(address: string | null, everyMs = 5_000, version: unknown = undefined): Loaded<A> => {
  const data = useSignal<A | undefined>(undefined)
  const error = useSignal<string | undefined>(undefined)
  const at = useSignal<number | undefined>(undefined)
  const round = useSignal(0)
  useEffect(() => {
    data.value = undefined
    at.value = undefined
  }, [address?.split("?")[0]])
  useEffect(() => {
    if (address === null) return
    const abort = new AbortController()
    const ask = () =>
      call<A>(address, { signal: abort.signal }).then(
        (answer) => {
          data.value = answer
          error.value = undefined
          at.value = Date.now()
        },
        (failure: unknown) => {
          if (!abort.signal.aborted) {
            error.value = failure instanceof Refused
              ? failure.message
              : "The monitor does not answer."
          }
        }
      )
    void ask()
    // The browser's own timer, because the page loads no Effect runtime; it is cleared with the page.
    const timer = setInterval(() => {
      if (everyMs > 0 && !paused.value && document.visibilityState === "visible") void ask()
    }, Math.max(everyMs, 1_000))
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [address, round.value, version])
  const age = useComputed(() => at.value === undefined ? undefined : Math.max(0, now.value - at.value))
  return { data: data.value, error: error.value, age: age.value, again: () => void round.value++ }
}

/** Shows the result of an action at the bottom of the page for a few seconds. */
export const notice = signal<string | undefined>(undefined)
let clearing: ReturnType<typeof setTimeout> | undefined
export const tell = (sentence: string): void => {
  notice.value = sentence
  clearTimeout(clearing)
  clearing = setTimeout(() => {
    notice.value = undefined
  }, 6_000)
}

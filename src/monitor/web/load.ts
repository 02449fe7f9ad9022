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

/** Loads that have no answer yet: the page is complete when there are none. */
export const pending = signal(0)

interface Options {
  /** 0: only when the address or the version changes. */
  readonly everyMs?: number
  /** Asked again when it changes. */
  readonly version?: unknown
  readonly as?: "json" | "text"
}

/** `address` null: nothing to load yet. */
export const useLoad = <A>(address: string | null, options: Options = {}): Loaded<A> => {
  const { as = "json", everyMs = 5_000, version } = options
  const data = useSignal<A | undefined>(undefined)
  const error = useSignal<string | undefined>(undefined)
  const at = useSignal<number | undefined>(undefined)
  const round = useSignal(0)
  useEffect(() => {
    data.value = undefined
    at.value = undefined
    error.value = undefined
  }, [address?.split("?")[0]])
  useEffect(() => {
    if (address === null) return
    const abort = new AbortController()
    let asking = false
    const ask = () => {
      asking = true
      return call<A>(address, { signal: abort.signal, as }).then(
        (answer) => {
          data.value = answer
          error.value = undefined
          at.value = Date.now()
        },
        (failure: unknown) => {
          if (!abort.signal.aborted) {
            // Deleted meanwhile: what is still shown would claim that it is there.
            if (failure instanceof Refused && failure.status === 404) data.value = undefined
            error.value = failure instanceof Refused
              ? failure.message
              : "The dashboard's server does not answer."
          }
        }
      ).finally(() => {
        asking = false
      })
    }
    pending.value++
    void ask().finally(() => pending.value--)
    // The browser's own timer, because the page loads no Effect runtime; it is cleared with the page.
    const timer = setInterval(() => {
      // Over a slow line, answers that take longer than the interval would pile up, and come in any order.
      if (everyMs > 0 && !asking && !paused.value && !document.hidden) void ask()
    }, Math.max(everyMs, 1_000))
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [address, round.value, version, everyMs])
  const age = useComputed(() => at.value === undefined ? undefined : Math.max(0, now.value - at.value))
  return { data: data.value, error: error.value, age: age.value, again: () => void round.value++ }
}

/** A sentence at the foot of the page for a few seconds: what an action came to. */
export const notice = signal<string | undefined>(undefined)
let clearing: ReturnType<typeof setTimeout> | undefined
export const tell = (sentence: string): void => {
  notice.value = sentence
  clearTimeout(clearing)
  clearing = setTimeout(() => {
    notice.value = undefined
  }, 6_000)
}

export const tellFailure = (failure: unknown): void =>
  tell(
    failure instanceof Refused
      ? failure.message
      : "The dashboard's server does not answer, so the outcome is unknown."
  )

/** What the monitor pushes: the overview, every two seconds, and its age. Stale data is never shown as fresh. */
import { computed, signal } from "@preact/signals"
import type { OverviewView as Overview } from "../../api/overview.ts"
import { signedIn } from "./api.ts"
import { openStream } from "./stream.ts"

export const overview = signal<Overview | undefined>(undefined)
/** Alerts that need a person now: not those acknowledged or silenced. */
export const firing = computed(() => overview.value?.alerts.filter(({ state }) => state === "firing").length)
export const paused = signal(false)
/** Ticks every second, so that displayed ages grow while nothing arrives. */
export const now = signal(Date.now())

const receivedAt = signal<number | undefined>(undefined)
// The browser's clock may be wrong: ages are measured against the database's, as of the last answer.
const offset = signal(0)

/** The database's clock, in milliseconds. */
export const serverNow = computed(() => now.value - offset.value)

/** Milliseconds since the overview arrived; undefined before the first. */
export const age = computed(() =>
  receivedAt.value === undefined ? undefined : Math.max(0, now.value - receivedAt.value)
)

const staleAfter = 10_000
// A tab in the background has no stream: its numbers are old then, but nothing is wrong.
const shownAt = signal(0)
export const stale = computed(() =>
  age.value !== undefined && Math.min(age.value, now.value - shownAt.value) > staleAfter && !paused.value
)

let close = () => {}

const receive = (event: MessageEvent<string>) => {
  if (event.type === "signed-out") {
    signedIn.value = false
    return
  }
  const next: Overview = JSON.parse(event.data)
  overview.value = next
  now.value = Date.now()
  receivedAt.value = Date.now()
  offset.value = Date.now() - Date.parse(next.at)
}

export const connect = (): void => {
  close()
  close = openStream("/live", ["overview", "signed-out"], receive)
}

/** On the sign-in page. */
export const disconnect = (): void => {
  close()
  paused.value = false
}

export const togglePause = (): void => {
  paused.value = !paused.value
  if (paused.value) close()
  else connect()
}

setInterval(() => {
  now.value = Date.now()
}, 1_000)

document.addEventListener("visibilitychange", () => {
  now.value = Date.now()
  if (!document.hidden) shownAt.value = now.value
})

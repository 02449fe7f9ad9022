/** The keyboard shortcuts: pages, rows, filter, help. */
import { signal } from "@preact/signals"
import { togglePause } from "./live.ts"
import { go } from "./router.ts"
import { nextTheme } from "./theme.ts"

export const helpOpen = signal(false)

const jumps: Readonly<Record<string, string>> = {
  o: "/",
  j: "/jobs",
  f: "/failures",
  a: "/alerts",
  w: "/workers",
  p: "/providers",
  c: "/costs",
  d: "/audit",
  r: "/deploys",
  h: "/webhooks",
  m: "/capacity",
  s: "/search",
  u: "/upload"
}

/** Where keys write text or choose. */
const typing = "input:not([type=file], [type=checkbox]), textarea, select"

let jumping = false

const focus = (id: string) => {
  const field = document.getElementById(id)
  field?.focus()
  return field !== null
}

/** Rows that can be opened are links; the keys move between them. */
const step = (by: 1 | -1) => {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
  const target = next?.matches("a, summary") === true ? next : next?.querySelector<HTMLElement>("a, button")
  target?.focus()
  target?.scrollIntoView({ block: "nearest" })
}

const press = (key: string): boolean => {
  if (jumping) {
    jumping = false
    const to = jumps[key]
    if (to === undefined) return false
    go(to)
    return true
  }
  switch (key) {
    case "g":
      jumping = true
      // The page loads no Effect runtime: the timer is the browser's own.
      setTimeout(() => {
        jumping = false
      }, 1_500)
      return true
    case "?":
      helpOpen.value = true
      return true
    case "/":
      return focus("find")
    case "f":
      return focus("filter")
    case "j":
      step(1)
      return true
    case "k":
      step(-1)
      return true
    case "x":
      document.activeElement?.closest("[data-row]")?.querySelector<HTMLElement>("input[type=checkbox]")?.click()
      return true
    case "p":
      togglePause()
      return true
    case "t":
      nextTheme()
      return true
    case "r": {
      const retry = document.querySelector<HTMLButtonElement>("[data-key=retry]:enabled")
      retry?.click()
      return retry !== null
    }
    default:
      return false
  }
}

export const listenToKeys = (): void => {
  addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return
    const { target } = event
    if (
      target instanceof HTMLElement && (target.matches(typing) || target.closest("dialog") !== null)
    ) {
      if (event.key === "Escape") target.blur()
      return
    }
    if (press(event.key)) event.preventDefault()
  })
}

/** The address is the state of the view: every page, filter and tab can be shared as a link. */
import { computed, signal } from "@preact/signals"

const address = signal(location.pathname + location.search)

export const path = computed(() => address.value.split("?")[0] ?? "/")
export const query = computed(() => new URLSearchParams(address.value.split("?")[1] ?? ""))

export const go = (to: string, how: "push" | "replace" = "push"): void => {
  if (to === address.value) return
  if (how === "push") history.pushState(null, "", to)
  else history.replaceState(null, "", to)
  address.value = to
  if (how === "push") scrollTo(0, 0)
}

/** Sets or removes parameters of the current view. */
export const setQuery = (
  changes: Readonly<Record<string, string | undefined>>,
  how: "push" | "replace" = "replace"
): void => {
  const next = new URLSearchParams(query.value)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  go(path.value + (text === "" ? "" : `?${text}`), how)
}

addEventListener("popstate", () => {
  address.value = location.pathname + location.search
})

/** Links within the dashboard change the view without loading the page again. */
addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null
  if (
    !(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.target !== "" ||
    link.hash !== "" || link.hasAttribute("download")
  ) return
  event.preventDefault()
  go(link.pathname + link.search)
})

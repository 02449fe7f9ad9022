/** Light, dark or the system's theme; kept in the browser. */
import { effect, signal } from "@preact/signals"

const themes = ["system", "light", "dark"] as const
type Theme = (typeof themes)[number]

const stored = localStorage.getItem("theme")
export const theme = signal<Theme>(themes.find((each) => each === stored) ?? "system")

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = theme.value
  localStorage.setItem("theme", theme.value)
})

export const nextTheme = (): void => {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? "system"
}

/** `accessa open`: the dashboard in the browser, or its address where there is no display. */
import { Config, Effect, Option } from "effect"
import { Command } from "effect/cli"
import { spawn } from "node:child_process"
import { platform } from "node:process"
import { dashboardFlag } from "../client/dashboard.ts"
import { Output } from "../terminal/Output.ts"

/** Programs that open an address in the user's browser. */
const openers: Readonly<Record<string, readonly [string, ...ReadonlyArray<string>]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""]
}

const hasDisplay = Effect.gen(function*() {
  if (platform in openers) return true
  const displays = yield* Effect.all([
    Config.option(Config.String("DISPLAY")),
    Config.option(Config.String("WAYLAND_DISPLAY"))
  ])
  return displays.some((display) => Option.getOrElse(display, () => "") !== "")
})

/** False: there is no such program. */
const opened = (url: URL) =>
  Effect.callback<boolean>((resume) => {
    const [program, ...args] = openers[platform] ?? ["xdg-open"]
    const child = spawn(program, [...args, url.href], { detached: true, stdio: "ignore" })
    child.once("error", () => resume(Effect.succeed(false)))
    child.once("spawn", () => {
      child.unref()
      resume(Effect.succeed(true))
    })
  })

export const open = Command.make("open", { dashboard: dashboardFlag }, ({ dashboard }) =>
  Effect.gen(function*() {
    const output = yield* Output
    const isOpen = !output.json && (yield* hasDisplay) && (yield* opened(dashboard))
    yield* output.record({ dashboard_url: dashboard.href, opened: isOpen })
    yield* output.print(isOpen ? `The dashboard is open in the browser: ${dashboard.href}` : dashboard.href)
  })).pipe(Command.withDescription("Open the dashboard in the browser, or print its address"))

/** `pnpm monitor`: the dashboard. */
import { launch } from "./launch.ts"
import { MonitorLive } from "./monitorLayer.ts"

launch("accessa-monitor", MonitorLive)

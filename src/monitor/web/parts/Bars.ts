/** One bar per minute: completed above the line, failed below it. */
import { useEffect, useRef } from "preact/hooks"
import uPlot from "uplot"
import { html } from "../html.ts"
import { theme } from "../theme.ts"

export interface Minute {
  readonly at: string
  readonly complete: number
  readonly failed: number
}

const height = 104
/** Of the holder, left and right together. */
const padding = 16

/** Resolved by the browser: a canvas does not understand `light-dark()`. */
const colour = (name: string): string => {
  const probe = document.createElement("i")
  probe.className = "probe"
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

const options = (width: number): uPlot.Options => {
  const bars = uPlot.paths.bars?.({ size: [0.7, 14] })
  const ink = colour("--chart-ink")
  const axis = {
    stroke: ink,
    grid: { show: false },
    ticks: { show: false },
    font: "10px Inter, Roboto, Helvetica, Arial, sans-serif"
  }
  return {
    width,
    height,
    // The highest and the last label are drawn half outside of the axes.
    padding: [8, 16, 0, 0],
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    legend: { show: false },
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1_000), "UTC"),
    axes: [
      {
        ...axis,
        size: 20,
        gap: 2,
        values: (_, ticks) => ticks.map((at) => new Date(at * 1_000).toISOString().slice(11, 16))
      },
      { ...axis, size: 30, gap: 4, splits: (plot) => [0, plot.scales["y"]?.max ?? 0] }
    ],
    scales: { y: { range: (_, low, high) => [Math.min(low, 0), Math.max(high, 1)] } },
    series: [
      {},
      {
        fill: colour("--chart-data"),
        width: 0,
        ...(bars === undefined ? {} : { paths: bars }),
        points: { show: false }
      },
      {
        fill: colour("--chart-fail"),
        width: 0,
        ...(bars === undefined ? {} : { paths: bars }),
        points: { show: false }
      }
    ]
  }
}

export const Bars = ({ minutes }: { readonly minutes: ReadonlyArray<Minute> }) => {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const data: uPlot.AlignedData = [
    minutes.map(({ at }) => Date.parse(at) / 1_000),
    minutes.map(({ complete }) => complete),
    minutes.map(({ failed }) => -failed)
  ]
  useEffect(() => {
    const element = holder.current
    if (element === null) return
    plot.current = new uPlot(options(element.clientWidth - padding), data, element)
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth - padding, height }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      plot.current?.destroy()
    }
  }, [theme.value])
  useEffect(() => plot.current?.setData(data), [minutes])
  const complete = minutes.reduce((sum, each) => sum + each.complete, 0)
  const failed = minutes.reduce((sum, each) => sum + each.failed, 0)
  return html`<div class="bars" ref=${holder} role="img"
    aria-label=${`In the last ${minutes.length} minutes ${complete} documents were completed and ${failed} failed.`}></div>`
}

/** The address of one signal at an OTLP collector, below the collector's own. */
export const signalUrl = (collector: URL, signal: "traces" | "logs" | "metrics"): URL =>
  new URL(`v1/${signal}`, collector.href.endsWith("/") ? collector : `${collector.href}/`)

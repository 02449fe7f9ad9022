/** Decides which addresses are on the public internet; unknown ranges are refused. */
import ipaddr from "ipaddr.js"

// Node detects no named exports in this CommonJS module.
const { parse, parseCIDR } = ipaddr

const nearby: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal"])

/** The range allocated to the public IPv6 internet; the rest is special or unassigned. */
const [globalUnicast, globalBits] = parseCIDR("2000::/3")

/** A cloud service behind a public-looking address: Azure's. */
const platformAddresses: ReadonlySet<string> = new Set(["168.63.129.16"])

/** The name of the special range an address is in; undefined if it may be called. */
export const forbiddenRange = (address: string, allowPrivate: boolean): string | undefined => {
  const parsed = parse(address)
  const range = parsed.range()
  if (allowPrivate && nearby.has(range)) return undefined
  if (range !== "unicast") return range
  if (parsed.kind() === "ipv6" && !parsed.match(globalUnicast, globalBits)) return "reserved"
  return platformAddresses.has(parsed.toString()) ? "platform" : undefined
}

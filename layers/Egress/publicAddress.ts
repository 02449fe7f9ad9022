/** Which addresses are on the public internet. Whatever is not known to be is refused. */
import ipaddr from "ipaddr.js"

// Node finds no names in this CommonJS module.
const { parse, parseCIDR } = ipaddr

const nearby: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal"])

/** All that is handed out for the public IPv6 internet; the rest of the space is special or nobody's. */
const [globalUnicast, globalBits] = parseCIDR("2000::/3")

/** A cloud's own services behind an address that looks public: Azure's. */
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

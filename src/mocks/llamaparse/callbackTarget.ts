/** Which addresses the vendor's callbacks may go to. */
import { BlockList, isIPv4, isIPv6 } from "node:net"

const privateNets = new BlockList()
privateNets.addSubnet("0.0.0.0", 8)
privateNets.addSubnet("10.0.0.0", 8)
privateNets.addSubnet("127.0.0.0", 8)
privateNets.addSubnet("169.254.0.0", 16)
privateNets.addSubnet("172.16.0.0", 12)
privateNets.addSubnet("192.168.0.0", 16)
privateNets.addSubnet("::1", 128, "ipv6")
privateNets.addSubnet("fc00::", 7, "ipv6")
privateNets.addSubnet("fe80::", 10, "ipv6")

/** HTTPS only, and no names or addresses that are recognisably private. Names are not resolved. */
export const isPublic = (address: string): boolean => {
  const url = URL.parse(address)
  if (url === null || url.protocol !== "https:") return false
  const host = url.hostname.replace(/^\[|\]$/g, "")
  if (isIPv4(host)) return !privateNets.check(host)
  if (isIPv6(host)) return !privateNets.check(host, "ipv6")
  return host.includes(".") && !/\.(localhost|local|internal)$/.test(host)
}

/** Finds a request's client address: which proxies are trusted, and which header they write. */
import { Result } from "effect"
import { IpNetwork, NetAddress } from "effect/net"

export interface TrustedProxies {
  readonly networks: ReadonlyArray<IpNetwork.IpNetwork>
  /** Only the header that our proxies write: the other one may have been written by the caller. */
  readonly header: "x-forwarded-for" | "forwarded"
}

/**
 * Comma-separated addresses and networks; fails with the number (from 1) of the first invalid entry. A network of all
 * addresses is not allowed.
 */
export const parseNetworks = (list: string): Result.Result<ReadonlyArray<IpNetwork.IpNetwork>, number> =>
  Result.all(list.split(",").map((part) => part.trim()).filter((part) => part !== "").map(parseNetwork))

const parseNetwork = (part: string, index: number): Result.Result<IpNetwork.IpNetwork, number> =>
  (part.includes("/") ? IpNetwork.fromString(part) : Result.flatMap(NetAddress.ipFromString(part), hostOnly)).pipe(
    Result.filterOrFail(({ prefixLength }) => prefixLength > 0, () => index + 1),
    Result.mapError(() => index + 1)
  )

const hostOnly = (address: NetAddress.IpAddress) => IpNetwork.fromAddress(address, NetAddress.width(address))

/**
 * The right-most address that is not one of our proxies: each proxy appends its peer, and anything further left may be
 * forged by the caller. If a trusted proxy wrote no address, that proxy itself is the answer.
 */
export const clientOf = (
  { header, networks }: TrustedProxies,
  peer: string,
  headers: Readonly<Record<string, string | undefined>>
): string => {
  let client = peer
  const hops = networks.length === 0 ? [] : (headers[header] ?? "").split(",")
  while (isTrusted(networks, client) && hops.length > 0) {
    const hop = parseAddress(header === "forwarded" ? forOf(hops.pop()) : hops.pop())
    if (hop === undefined) break
    client = NetAddress.formatIp(hop)
  }
  return client
}

const isTrusted = (networks: TrustedProxies["networks"], text: string): boolean => {
  const address = parseAddress(text)
  return address !== undefined && networks.some((network) => IpNetwork.contains(network, address))
}

/** `for=192.0.2.60;proto=http;by=…` */
const forOf = (element = ""): string | undefined => {
  const pair = element.split(";").map((each) => each.trim()).find((each) => each.slice(0, 4).toLowerCase() === "for=")
  return pair?.slice(4).replaceAll("\"", "")
}

/** With or without port and brackets; an IPv4-mapped IPv6 address counts as IPv4. */
const parseAddress = (text = ""): NetAddress.IpAddress | undefined => {
  const bare = text.trim()
  const address = NetAddress.ipFromString(bare.startsWith("[") && bare.endsWith("]") ? bare.slice(1, -1) : bare)
  if (Result.isSuccess(address)) return NetAddress.toCanonical(address.success)
  const withPort = NetAddress.inetAddressFromString(bare)
  return Result.isSuccess(withPort) ? NetAddress.toCanonical(withPort.success.address) : undefined
}

/** The network that belongs to one subscriber: for IPv6 a whole /64. */
export const subscriberOf = (client: string): string => {
  const address = parseAddress(client)
  if (address === undefined) return client
  if (NetAddress.isIpv4Address(address)) return NetAddress.formatIp(address)
  return Result.match(IpNetwork.fromAddress(address, 64), { onSuccess: IpNetwork.format, onFailure: () => client })
}

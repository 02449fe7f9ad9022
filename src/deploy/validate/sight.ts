/** Parts of the inspection that is judged, as facts of their own. */
import { Result } from "effect"
import type { Address, Attempt, Inspection, Reached } from "../../domain/Inspection.ts"
import type { Family } from "./Expectations.ts"
import type { Facts, Seen } from "./Facts.ts"

export const inspectionOf = ({ from, ofApi, ofWorker }: Facts): Seen<Inspection> => from === "worker" ? ofWorker : ofApi

/** A part that the process could not see is not known either. */
export const partOf = <A>(
  facts: Facts,
  part: (inspection: Inspection) => { readonly found: A | null; readonly fault: string | null }
): Seen<A> =>
  Result.flatMap(inspectionOf(facts), (inspection) => {
    const { fault, found } = part(inspection)
    return found === null ? Result.fail(fault ?? "nothing was found") : Result.succeed(found)
  })

export const addressOf = (inspection: Inspection, name: string): Reached | undefined =>
  inspection.addresses.find((address) => address.name === name)

/** Why it cannot be reached over one of these families. */
export const unreachable = (reached: Reached, families: ReadonlyArray<Family>): ReadonlyArray<string> =>
  families.flatMap((family) => {
    const attempt: Attempt = reached[family]
    if (attempt === null) return [`${reached.host} has no ${family === "ipv4" ? "IPv4" : "IPv6"} address`]
    return attempt.ok ? [] : [`${reached.host}: ${attempt.said}`]
  })

/** Over neither family. */
export const outOfReach = (reached: Reached): ReadonlyArray<string> =>
  reached.ipv4?.ok === true || reached.ipv6?.ok === true
    ? []
    : [`${reached.name}: ${reached.ipv4?.said ?? reached.ipv6?.said ?? `${reached.host} has no address`}`]

export const isOnThisMachine = ({ host }: Pick<Address, "host">): boolean =>
  /^(?:localhost|127\.[\d.]+|\[?::1\]?|0\.0\.0\.0)$/.test(host)

/** The requests of an upload through a signed address, mostly valid. */
import { Schema } from "effect"
import { sha256 } from "../../src/domain/hash.ts"
import type { Call } from "./Call.ts"
import type { Dice } from "./Dice.ts"
import { oddText } from "./oddities.ts"
import type { Caller } from "./tenants.ts"

export const decodeUpload = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ upload_url: Schema.String }))
)

export const uploadCall = (dice: Dice, address: string | undefined, { headers, name }: Caller): Call => {
  const json = { ...headers, "content-type": "application/json" }
  const call = { caller: name, headers: json, method: "POST" }
  if (address === undefined) {
    const wanted = {
      filename: dice.percent(50) ? "a.md" : oddText(dice),
      bytes: 1 + dice.below(9),
      metadata: { [oddText(dice)]: oddText(dice) },
      force: dice.percent(50)
    }
    const body = Buffer.from(JSON.stringify(dice.percent(70) ? { ...wanted, metadata: {} } : wanted))
    return { ...call, path: "/api/v1/uploads", body, route: "an announcement" }
  }
  const { pathname, search } = new URL(address)
  // Fits the announced size.
  const bytes = dice.percent(85) ? Buffer.from(String(dice.below(10))) : Buffer.from(oddText(dice))
  if (dice.percent(50)) {
    const query = dice.percent(90) ? search : search.replace(/[0-9a-f](?=&)/, String(dice.below(10)))
    return { ...call, method: "PUT", headers: {}, path: `${pathname}${query}`, body: bytes, route: "an upload's bytes" }
  }
  const body = Buffer.from(JSON.stringify({ sha256: sha256(bytes) }))
  return { ...call, path: pathname.replace(/content$/, "complete"), body, route: "a completion" }
}

/** Verifies Amazon's fourth signature, in the header or in the address, as a server does. */
import { createHash, createHmac } from "node:crypto"
import type { StubRequest } from "../HttpStub.ts"

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The code of the refusal; undefined if the signature is right. */
export const refusalOf = (
  { headers, method, url }: StubRequest,
  { accessKeyId, secretAccessKey }: Keys,
  now: number
): string | undefined => {
  const query = url.searchParams
  const said = headers.authorization ?? ""
  const inAddress = query.has("X-Amz-Signature")
  if (!inAddress && said === "") return "AccessDenied"
  const credential = query.get("X-Amz-Credential") ?? /Credential=([^,]+)/.exec(said)?.[1] ?? ""
  const names = query.get("X-Amz-SignedHeaders") ?? /SignedHeaders=([^,]+)/.exec(said)?.[1] ?? ""
  const signature = query.get("X-Amz-Signature") ?? /Signature=([0-9a-f]+)/.exec(said)?.[1]
  const date = query.get("X-Amz-Date") ?? String(headers["x-amz-date"])
  const [id, ...scope] = credential.split("/")
  if (id !== accessKeyId) return "InvalidAccessKeyId"
  const parameters = [...query].filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`).sort()
  const canonical = [
    method,
    url.pathname,
    parameters.join("&"),
    ...names.split(";").map((name) => `${name}:${String(headers[name] ?? "").trim()}`),
    "",
    names,
    query.get("X-Amz-Content-Sha256") ?? headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD"
  ].join("\n")
  const text = ["AWS4-HMAC-SHA256", date, scope.join("/"), createHash("sha256").update(canonical).digest("hex")].join(
    "\n"
  )
  const key = scope.reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`))
  if (hmac(key, text).toString("hex") !== signature) return "SignatureDoesNotMatch"
  const until = timeOf(date) + Number(query.get("X-Amz-Expires")) * 1_000
  return inAddress && now > until ? "AccessDenied" : undefined
}

const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest()

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const timeOf = (date: string) =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"))

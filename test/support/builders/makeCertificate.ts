/** A certificate for localhost that signs itself, and its key. */
import { generateKeyPairSync, sign } from "node:crypto"

export const makeCertificate = (): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const name = sequence(node(0x31, sequence(commonName, node(0x0c, Buffer.from("localhost")))))
  const content = sequence(
    node(0xa0, node(0x02, Buffer.from([2]))),
    node(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time(Date.now() - 60_000), time(Date.now() + 86_400_000)),
    name,
    publicKey.export({ format: "der", type: "spki" }),
    node(0xa3, sequence(sequence(alternativeNames, node(0x04, sequence(node(0x82, Buffer.from("localhost")))))))
  )
  const signature = sign("sha256", content, privateKey)
  const der = sequence(content, ecdsaWithSha256, node(0x03, Buffer.concat([Buffer.from([0]), signature])))
  return {
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`
  }
}

/** One value of DER. */
const node = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...parts: ReadonlyArray<Uint8Array>): Buffer => node(0x30, ...parts)

const time = (millis: number): Buffer =>
  node(0x17, Buffer.from(`${new Date(millis).toISOString().replaceAll(/[-:T]|\.\d+/g, "").slice(2)}`))

const identifier = (...bytes: ReadonlyArray<number>): Buffer => node(0x06, Buffer.from(bytes))

const ecdsaWithSha256 = sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
const commonName = identifier(0x55, 0x04, 0x03)
const alternativeNames = identifier(0x55, 0x1d, 0x11)

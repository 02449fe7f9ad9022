/** A certificate authority of the test, by the program openssl. */
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface Certificate {
  readonly key: string
  readonly cert: string
}

export interface Authority {
  /** Its own certificate, for NODE_EXTRA_CA_CERTS. */
  readonly file: string
  /** For an IP address. */
  readonly issue: (address: string, days: number) => Certificate
  /** Self-signed. */
  readonly selfSigned: (address: string) => Certificate
}

export const makeAuthority = (directory: string): Authority => {
  const openssl = (...parameters: ReadonlyArray<string>) => {
    const { status, stderr } = spawnSync("openssl", parameters, { cwd: directory, encoding: "utf8" })
    if (status !== 0) throw new Error(`openssl ${parameters[0]} failed: ${stderr}`)
  }
  const read = (name: string) => readFileSync(join(directory, name), "utf8")
  const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
  openssl(
    "req",
    "-x509",
    ...elliptic,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "365",
    "-subj",
    "/CN=Accessa test authority"
  )
  const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
  let issued = 0
  const request = (name: string) =>
    openssl("req", ...elliptic, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", "/CN=test")
  return {
    file: join(directory, "ca.pem"),
    issue: (address, days) => {
      const name = `cert${++issued}`
      request(name)
      writeFileSync(join(directory, `${name}.ext`), `subjectAltName=IP:${address}\n`)
      openssl(
        "x509",
        "-req",
        "-in",
        `${name}.csr`,
        ...authority,
        "-days",
        String(days),
        "-extfile",
        `${name}.ext`,
        "-out",
        `${name}.pem`
      )
      return { key: read(`${name}.key`), cert: read(`${name}.pem`) }
    },
    selfSigned: (address) => {
      const name = `cert${++issued}`
      openssl(
        "req",
        "-x509",
        ...elliptic,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.pem`,
        "-days",
        "90",
        "-subj",
        "/CN=test",
        "-addext",
        `subjectAltName=IP:${address}`
      )
      return { key: read(`${name}.key`), cert: read(`${name}.pem`) }
    }
  }
}

/** What to correct if there is no connection to a storage, by the code of Node's error; empty if it is an outage like any other. */

/** `setting`: the variable with the storage's address. */
export const whyNoConnection = (code: string, setting: string): string => {
  switch (code) {
    case "ECONNREFUSED":
      return `Nothing listens at ${setting}: start the server, or correct the port.`
    // Docker's name server answers the second to names that it does not know.
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The host in ${setting} has no address: correct it, or the name server of this machine.`
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
      return `${setting} cannot be reached from this network: check its host and port, and the firewalls in between.`
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `The certificate of ${setting} is not valid now: renew it, and check this machine's clock.`
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `The certificate of ${setting} is from an authority that this process does not know: set NODE_EXTRA_CA_CERTS to the `
        + "authority's file, and let the server send its whole chain."
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `The certificate of ${setting} is for another name than its host: use a name that the certificate has.`
    case "EPROTO":
      return noTls(setting)
    default:
      return code.startsWith("ERR_SSL_") ? noTls(setting) : code.startsWith("HPE_") ? noHttp(setting) : ""
  }
}

const noTls = (setting: string) =>
  `The TLS handshake with ${setting} failed: correct its port, or let it begin with http: if that port speaks no TLS.`
const noHttp = (setting: string) =>
  `What answers at ${setting} does not speak HTTP: correct its port, or let it begin with https: if that port speaks TLS.`

/** For an answer that no storage gives. */
export const anotherServer = (setting: string) =>
  `${setting} does not lead to the storage: correct its host, port and path, and whether it begins with http: or https:.`

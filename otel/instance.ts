import { randomUUID } from "node:crypto"

/** Of this process, so that those of one service can be told apart: `service.instance.id`. */
export const instanceId = randomUUID()

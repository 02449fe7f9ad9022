/** The database: its speed, connections, growth, and what should not be in it. */
import { type Detectors, long, percent, whole } from "./Detector.ts"

export const database = {
  DATABASE_SLOW: (_, over, { writeMs }) => whole(writeMs > over, `A small write took ${Math.round(writeMs)} ms.`),
  CONNECTIONS: ({ connections: { most, used } }, over) =>
    whole(used * 100 > most * over, `${used} of ${most} connections are in use.`),
  BUFFER_GROWTH: ({ bufferBytesPerHour }, over) =>
    whole(
      bufferBytesPerHour !== null && bufferBytesPerHour > over * 1e9,
      `The chunk and vector tables grow by ${((bufferBytesPerHour ?? 0) / 1e9).toFixed(1)} GB per hour.`
    ),
  VACUUM_HELD: ({ transaction }, over) =>
    transaction === null || transaction.age <= over ? [] : [{
      subject: "database",
      message: `Process ${transaction.pid} (${transaction.name}) has kept a transaction open for ${
        long(transaction.age)
      }: vacuum cannot clean up behind it.`
    }],
  FOREIGN_GRANTS: ({ grants: [first, ...others] }) =>
    first === undefined ? [] : [{
      subject: "database",
      message: `${first}${
        others.length === 0 ? "" : `, and there are ${others.length} more such grants`
      }: run \`pnpm migrate\` to revoke it.`
    }],
  COMPLIANCE: ({ compliance }, over) =>
    compliance === null || compliance.age > over
      ? whole(
        true,
        compliance === null
          ? "No compliance check has been made."
          : `The last compliance check was ${long(compliance.age)} ago.`
      )
      : compliance.faults.map(({ found, name }) => ({
        subject: name,
        message: `The daily check ${name} does not pass: ${found}`
      })),
  DISK_FULL: (_, over, { disk }) =>
    disk === null ? [] : whole(
      disk.freeBytes * 100 < disk.totalBytes * over,
      `${percent(disk.freeBytes / disk.totalBytes)} of the disk of ${disk.path} is free.`
    )
} satisfies Detectors

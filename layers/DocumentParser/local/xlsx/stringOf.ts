import { childrenOf, type XmlElement } from "../office/xml.ts"

/** A string of a workbook, without its reading aids. */
export const stringOf = (item: XmlElement): string =>
  [item, ...childrenOf(item, "r")].flatMap((run) => childrenOf(run, "t").map((each) => each.text)).join("")

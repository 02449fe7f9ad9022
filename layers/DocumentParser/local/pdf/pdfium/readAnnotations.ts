/** Text that is shown on a page without being part of it: the values of form fields, text in annotations, and comments. */
import type { Box } from "./Frame.ts"
import { pageText } from "./pageText.ts"
import { floats, type Pdfium, readString } from "./Pdfium.ts"

export interface AnnotationText {
  readonly text: string
  readonly box: Box
  /** It is shown when it is opened, and has no place among the lines. */
  readonly isComment: boolean
}

/** Constants of PDFium. */
const subtype = { text: 1, link: 2, freeText: 3, stamp: 13, popup: 16, widget: 20 } as const
/** Lines, shapes and marks on text, whose remarks are comments. */
const isMarkup = (type: number): boolean => type === subtype.text || (type > subtype.freeText && type < subtype.popup)
const field = { pushButton: 1, checkBox: 2, radioButton: 3, comboBox: 4, listBox: 5, textField: 6 } as const
const flag = { hidden: 1 << 1, noView: 1 << 5, password: 1 << 13 }
/** Of what an annotation draws. */
const drawn = { text: 1, image: 3, form: 5 } as const
/** Forms in forms; deeper ones are not looked into. */
const deepest = 4
const mostAnnotations = 5000
const mostOptions = 1000

/** `form` is PDFium's handle of the document's form. */
export const readAnnotations = (pdfium: Pdfium, page: number, form: number): ReadonlyArray<AnnotationText> => {
  const found: Array<AnnotationText> = []
  const count = Math.min(pdfium.FPDFPage_GetAnnotCount(page), mostAnnotations)
  for (let i = 0; i < count; i++) {
    const annotation = pdfium.FPDFPage_GetAnnot(page, i)
    if (annotation === 0) continue
    try {
      const box = boxOf(pdfium, annotation)
      const text = textOf(pdfium, form, annotation)
      if (text !== "") found.push({ text, box, isComment: false })
      const comment = commentOf(pdfium, annotation)
      if (comment !== "" && comment !== text) {
        found.push({ text: `${leadOf(pdfium, annotation)}${comment}`, box, isComment: true })
      }
    } finally {
      pdfium.FPDFPage_CloseAnnot(annotation)
    }
  }
  return found
}

/** Where stamps and signatures are that are pictures without text. */
export const readStampPictures = (pdfium: Pdfium, page: number): ReadonlyArray<Box> => {
  const found: Array<Box> = []
  const count = Math.min(pdfium.FPDFPage_GetAnnotCount(page), mostAnnotations)
  for (let i = 0; i < count; i++) {
    const annotation = pdfium.FPDFPage_GetAnnot(page, i)
    if (annotation === 0) continue
    const type = pdfium.FPDFAnnot_GetSubtype(annotation)
    const mayShow = (type === subtype.stamp || type === subtype.widget) && !isHidden(pdfium, annotation)
    if (mayShow && draws(pdfium, annotation, drawn.image) && !draws(pdfium, annotation, drawn.text)) {
      found.push(boxOf(pdfium, annotation))
    }
    pdfium.FPDFPage_CloseAnnot(annotation)
  }
  return found
}

const isHidden = (pdfium: Pdfium, annotation: number): boolean =>
  (pdfium.FPDFAnnot_GetFlags(annotation) & (flag.hidden | flag.noView)) !== 0

const textOf = (pdfium: Pdfium, form: number, annotation: number): string => {
  if (isHidden(pdfium, annotation)) return ""
  switch (pdfium.FPDFAnnot_GetSubtype(annotation)) {
    case subtype.widget:
      return valueOf(pdfium, form, annotation)
    case subtype.freeText:
      return stringOf(pdfium, annotation, "Contents")
    case subtype.link:
    case subtype.popup:
    case subtype.text:
      return ""
    default:
      return drawnText(pdfium, annotation)
  }
}

/** What a reviewer wrote on the page, or on something that is marked or drawn there. */
const commentOf = (pdfium: Pdfium, annotation: number): string => {
  const type = pdfium.FPDFAnnot_GetSubtype(annotation)
  // A reply that only sets a state, such as Accepted, says nothing else.
  return !isMarkup(type) || isHidden(pdfium, annotation) || stringOf(pdfium, annotation, "State") !== ""
    ? ""
    : stringOf(pdfium, annotation, "Contents").replaceAll(/\s+/g, " ")
}

const leadOf = (pdfium: Pdfium, annotation: number): string => {
  const author = stringOf(pdfium, annotation, "T").replaceAll(/\s+/g, " ")
  return author === "" ? "Comment: " : `Comment by ${author}: `
}

/** A stamp, and a field that another program has filled in, show what they say in their picture alone. */
const drawnText = (pdfium: Pdfium, annotation: number): string => {
  if (!draws(pdfium, annotation, drawn.text)) return ""
  const document = pdfium.EPDFAnnot_ExportAppearanceAsDocument(annotation)
  if (document === 0) return ""
  const page = pdfium.FPDF_LoadPage(document, 0)
  const text = page === 0 ? 0 : pdfium.FPDFText_LoadPage(page)
  try {
    return text === 0 ? "" : clean(pageText(pdfium, text))
  } finally {
    if (text !== 0) pdfium.FPDFText_ClosePage(text)
    if (page !== 0) pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(document)
  }
}

const stringOf = (pdfium: Pdfium, annotation: number, key: string): string =>
  clean(readString(pdfium, (buffer, size) => pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, size)))

const draws = (pdfium: Pdfium, annotation: number, kind: number): boolean => {
  const isThere = (count: number, get: (i: number) => number, depth: number): boolean => {
    for (let i = 0; i < Math.min(count, mostOptions); i++) {
      const object = get(i)
      const found = pdfium.FPDFPageObj_GetType(object)
      if (found === kind) return true
      if (found !== drawn.form || depth >= deepest) continue
      if (isThere(pdfium.FPDFFormObj_CountObjects(object), (j) => pdfium.FPDFFormObj_GetObject(object, j), depth + 1)) {
        return true
      }
    }
    return false
  }
  return isThere(pdfium.FPDFAnnot_GetObjectCount(annotation), (i) => pdfium.FPDFAnnot_GetObject(annotation, i), 0)
}

const valueOf = (pdfium: Pdfium, form: number, annotation: number): string => {
  switch (pdfium.FPDFAnnot_GetFormFieldType(form, annotation)) {
    case field.checkBox:
    case field.radioButton:
      return isTicked(pdfium, form, annotation) ? "[x]" : "[ ]"
    case field.comboBox:
    case field.listBox:
      return chosen(pdfium, form, annotation) || rawValue(pdfium, form, annotation) || drawnText(pdfium, annotation)
    case field.textField: {
      const isPassword = (pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & flag.password) !== 0
      return isPassword ? "" : rawValue(pdfium, form, annotation) || drawnText(pdfium, annotation)
    }
    case field.pushButton:
      return ""
    default:
      // A field that the form does not list.
      return stringOf(pdfium, annotation, "V") || drawnText(pdfium, annotation)
  }
}

/** What is drawn of it; without that, its value. */
const isTicked = (pdfium: Pdfium, form: number, annotation: number): boolean => {
  const state = stringOf(pdfium, annotation, "AS") || rawValue(pdfium, form, annotation)
  return state !== "" && state !== "Off"
}

const rawValue = (pdfium: Pdfium, form: number, annotation: number): string =>
  clean(readString(pdfium, (buffer, size) => pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size)))

/** What a list shows for its value. */
const chosen = (pdfium: Pdfium, form: number, annotation: number): string => {
  const count = Math.min(pdfium.FPDFAnnot_GetOptionCount(form, annotation), mostOptions)
  const labels: Array<string> = []
  for (let i = 0; i < count; i++) {
    if (pdfium.FPDFAnnot_IsOptionSelected(form, annotation, i) !== 1) continue
    labels.push(
      clean(readString(pdfium, (buffer, size) => pdfium.FPDFAnnot_GetOptionLabel(form, annotation, i, buffer, size)))
    )
  }
  return labels.join(", ")
}

const clean = (text: string): string => text.replaceAll(/\r\n?/g, "\n").replaceAll(/[^\P{Cc}\n]/gu, " ").trim()

const boxOf = (pdfium: Pdfium, annotation: number): Box => {
  pdfium.FPDFAnnot_GetRect(annotation, pdfium.scratch)
  const [left = 0, top = 0, right = 0, bottom = 0] = floats(pdfium, 4)
  return {
    left: Math.min(left, right),
    right: Math.max(left, right),
    top: Math.max(top, bottom),
    bottom: Math.min(top, bottom)
  }
}

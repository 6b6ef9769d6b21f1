/** A case as text, in the style in which case files are written. */
import { Document, isMap, isScalar, type Node, YAMLMap } from 'yaml'
import type { Case } from './shape.ts'

/** Properties that are written on one line where it is not too long. */
const INLINE = ['child', 'expect', 'household', 'facts', 'each']

/** YAML to paste under `cases:`, indented by two. */
export function caseText(item: Case): string {
  const document = new Document([item], { aliasDuplicateObjects: false })
  const [entry] = (document.contents as unknown as { items: Node[] }).items
  if (entry instanceof YAMLMap)
    for (const { key, value } of entry.items)
      if (isScalar(key) && INLINE.includes(String(key.value)) && isMap(value)) value.flow = true
  return document.toString({ lineWidth: 118, flowCollectionPadding: true }).replaceAll(/^(?=.)/gm, '  ')
}

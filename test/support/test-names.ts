/** The names of the tests of a file, read without running it, so that papers can name a test and be held to it. */
import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** Whether a file has a test of that name. */
export type NamesOf = (name: string) => boolean

/**
 * A name is the text that a call gets together with a function: `t.test('…', async …)`, `onBoth(t, world, '…', async …)`.
 * Where it is put together from a table (`` `when ${name}` ``), it is named as it is written, for all rows at once, or with one
 * text of the same file in place.
 */
export function testNames(file: string): NamesOf {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true)
  const names = new Set<string>()
  const templates: RegExp[] = []
  const texts = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.add(node.text)
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) texts.add(node.name.text)
    if (ts.isCallExpression(node) && node.arguments.some(isFunction)) {
      for (const argument of node.arguments) {
        if (ts.isStringLiteralLike(argument)) names.add(argument.text)
        if (ts.isTemplateExpression(argument)) {
          names.add(argument.getText().slice(1, -1))
          templates.push(patternOf(argument))
        }
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return (name) =>
    names.has(name) || templates.some((pattern) => (pattern.exec(name)?.slice(1) ?? []).some((part) => texts.has(part)))
}

function isFunction(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node)
}

function patternOf(template: ts.TemplateExpression): RegExp {
  const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const rest = template.templateSpans.map(({ literal }) => `(.+)${escaped(literal.text)}`).join('')
  return new RegExp(`^${escaped(template.head.text)}${rest}$`)
}

/** What a source file declares at its top, read without running it, so that papers can say where in a file something is. */
import { readFileSync } from 'node:fs'
import ts from 'typescript'

export function symbolsOf(file: string): Set<string> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true)
  const names = source.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText())
    const { name } = statement as { name?: ts.Node }
    return name && ts.isIdentifier(name) ? [name.text] : []
  })
  return new Set(names)
}

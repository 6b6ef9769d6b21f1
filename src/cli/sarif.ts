/** Problems of policy files as SARIF 2.1.0, the form that editors and code review show beside the line. */
import type { Problem } from '../engine/index.ts'

export function sarif(problems: readonly Problem[], version: string): object {
  const rules = [...new Set(problems.map(({ code }) => code))].sort().map((id) => ({ id }))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'threshold policy check', version, rules } },
        results: problems.map(({ code, severity, message, file, line, column }) => ({
          ruleId: code,
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: file },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  }
}

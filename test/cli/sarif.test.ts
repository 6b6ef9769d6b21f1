import t from 'tap'
import { sarif } from '../../src/cli/sarif.ts'

t.test('a problem becomes a result at its line, and its code a rule', async (t) => {
  const at = { file: 'policies/x.yaml', line: 12, column: 5, pointer: '/levels/0' }
  const problems = [
    { code: 'unknown-code', severity: 'error' as const, message: 'There is no level “L9”.', ...at },
    { code: 'quality-feature-missing', severity: 'warning' as const, message: 'It leaves out “timely”.', ...at },
  ]
  const { runs } = sarif(problems, '1.2.3') as { runs: { tool: { driver: { rules: object[] } }; results: object[] }[] }
  t.strictSame(runs[0]?.tool.driver.rules, [{ id: 'quality-feature-missing' }, { id: 'unknown-code' }])
  t.match(runs[0]?.results[0], {
    ruleId: 'unknown-code',
    level: 'error',
    message: { text: 'There is no level “L9”.' },
    locations: [
      { physicalLocation: { artifactLocation: { uri: 'policies/x.yaml' }, region: { startLine: 12, startColumn: 5 } } },
    ],
  })
})

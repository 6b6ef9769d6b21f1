/** `threshold audit …`: the log of each authority, written out and verified. */
import { type Command, Option } from 'commander'
import type { ExportOptions } from './commands/audit-export.ts'
import type { VerifyOptions } from './commands/audit-verify-export.ts'

/** An option that may be given several times. */
const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function auditCommands(program: Command, print: (line: string) => void): void {
  const audit = program.command('audit').description('the log of each authority')

  audit
    .command('export <file>')
    .description('write a log to a file that anybody can verify without this service')
    .requiredOption('--authority <code>', 'whose')
    .addOption(new Option('--log <name>', 'which').choices(['decisions', 'access']).default('decisions'))
    .option('--no-contents', 'without what the entries vouch for: ids, codes and times alone are in the file then')
    .action(async (file: string, options: ExportOptions) =>
      (await import('./commands/audit-export.ts')).auditExport(file, options, print),
    )

  audit
    .command('verify [export]')
    .option('--key <vkey>', 'key of the log, as its authority publishes it; former ones may be added', collected, [])
    .option(
      '--checkpoint <file>',
      'signed checkpoints that were kept outside; may be repeated. With the database those of ANCHOR_FILE count as well',
      collected,
      [],
    )
    .option('--proof <file>', 'evidence of one entry, alone or to compare with the export')
    .option('--database', 'walk the log of the database and compare every record; so it is without a file as well')
    .option('--authority <code>', 'only this one')
    .option('--json', 'print the result as JSON')
    .description('check an export or evidence offline; without either walk the log and compare it with every record')
    .addHelpText(
      'after',
      '\nExit status: 0 verified, 1 tampered, 2 malformed or not to be verified, 3 verified and not anchored.',
    )
    .action(async (file: string | undefined, options: VerifyOptions & { authority?: string; database?: true }) => {
      const isOffline = file !== undefined || options.proof !== undefined
      if (isOffline && (options.database || options.authority !== undefined)) {
        console.error(
          'threshold: --database and --authority go with no file and no --proof: verify one after the other.',
        )
        process.exitCode = 2
        return
      }
      process.exitCode = isOffline
        ? (await import('./commands/audit-verify-export.ts')).verifyFiles(file, options, print)
        : await (await import('./commands/audit-verify.ts')).auditVerify(options, print)
    })
}

#!/usr/bin/env node
/** `threshold <command>`. Each command is a file under commands/; this one only names them. */
import { Command } from 'commander'
import { ZodError } from 'zod'
import { operations } from '../features/index.ts'
import { VERSION } from '../version.ts'
import { describeCall } from './commands/call.ts'

const print = (line: string): void => console.log(line)

const program = new Command('threshold')
  .version(VERSION)
  .enablePositionalOptions()
  .description('Decision support for the front door of children’s social care. It recommends; people decide.')

program
  .command('serve')
  .description('run the service; on the embedded database it makes everything it needs')
  .action(async () => (await import('./commands/serve.ts')).serve(print))

program
  .command('migrate')
  .description('bring the schema of the database to this version')
  .action(async () => (await import('./commands/migrate.ts')).migrate(print))

program
  .command('provision <file>')
  .description('make the authorities, accounts and policies that a file names')
  .action(async (file: string) => (await import('./commands/provision.ts')).provisionFrom(file, print))

program
  .command('token')
  .description('print a token of the development key (embedded database only)')
  .option(
    '--as <subject>',
    'account: referrer, integration, officer, screener, supervisor, panel, author, approver, auditor, administrator',
    'screener',
  )
  .option('--authority <code>', 'northmoor, saltmere or oakhaven', 'northmoor')
  .option('--minutes <number>', 'how long it is good for', '60')
  .action(async (options: { as: string; authority: string; minutes: string }) =>
    (await import('./commands/token.ts')).token(options, print),
  )

program
  .command('score <files...>')
  .description('score referrals from files, JSON or NDJSON, against a policy file; nothing is stored')
  .requiredOption('--policy <file>', 'policy file')
  .option('--json', 'one JSON line for each referral')
  .addHelpText(
    'after',
    '\nExit status: 0 every child has a level, 1 a referral is not usable, 2 the policy is not, 3 a recommendation is withheld.',
  )
  .action(async (files: string[], options: { policy: string; json?: boolean }) => {
    process.exitCode = await (await import('./commands/score.ts')).scoreFiles(files, options, print)
  })

const policy = program.command('policy').description('threshold documents as policy files')

policy
  .command('diff <old> <new>')
  .option('--json', 'print the changes as JSON')
  .description('say in words what changed between two versions of a policy')
  .action(async (before: string, after: string, options: { json?: boolean }) => {
    process.exitCode = (await import('./commands/policy-diff.ts')).policyDiff(before, after, options, print)
  })

policy
  .command('check <files...>')
  .option('--json', 'print problems and case results as JSON')
  .option('--sarif', 'print problems as SARIF, for editors and code review')
  .description('find every problem of a policy file, and run the cases beside it')
  .action(async (files: string[], options: { json?: boolean; sarif?: boolean }) => {
    process.exitCode = (await import('./commands/policy-check.ts')).policyCheck(files, options, print)
  })

policy
  .command('import <file>')
  .description('bring a policy file with its base and cases into a running service, as a draft')
  .option('--draft <id>', 'a draft to revise; a new one where left out')
  .option('--based-on <revision>', 'the revision of the draft that this one follows')
  .option('--reason <words>', 'what is new')
  .option('--as <account>', 'account of the embedded default', 'author')
  .option('--authority <code>', 'its authority', 'northmoor')
  .action(async (file: string, options: Record<string, string>) => {
    process.exitCode = await (await import('./commands/policy-files.ts')).importPolicy(file, options, print)
  })

policy
  .command('export <what>')
  .description('write the files of a version (policy@version) or of a draft (its id) as they were given')
  .requiredOption('--to <folder>', 'folder to write into')
  .option('--as <account>', 'account of the embedded default', 'author')
  .option('--authority <code>', 'its authority', 'northmoor')
  .action(async (what: string, options: Record<string, string> & { to: string }) => {
    process.exitCode = await (await import('./commands/policy-files.ts')).exportPolicy(what, options, print)
  })

program
  .command('audit')
  .description('the log of each authority')
  .command('verify')
  .option('--authority <code>', 'only this one')
  .option('--json', 'print the result as JSON')
  .description('walk the log and compare it with every record it vouches for')
  .action(async (options: { authority?: string; json?: boolean }) => {
    process.exitCode = await (await import('./commands/audit-verify.ts')).auditVerify(options, print)
  })

const call = program.command('call').description('carry out an operation on a running service; one subcommand for each')
for (const operation of operations) describeCall(call, operation, print)

try {
  await program.parseAsync()
} catch (error) {
  // A person at a terminal gets the words, not the frames.
  console.error(`threshold: ${error instanceof ZodError ? error.message : ((error as Error).message ?? error)}`)
  // Not by exitCode alone: what was half started would keep the process alive, or end it with 0.
  process.exit(1)
}

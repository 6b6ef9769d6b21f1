#!/usr/bin/env node
/** `threshold <command>`. Each command is a file under commands/; this one only names them. */
import { Command, Option } from 'commander'
import { ZodError } from 'zod'
import { londonDate } from '../engine/calendar/civil.ts'
import { VERSION } from '../version.ts'
import { auditCommands } from './audit.ts'
import type { ExplainOptions } from './commands/explain.ts'
import type { RehearseOptions } from './commands/policy-rehearse.ts'
import type { ReplayOptions } from './commands/replay.ts'
import type { SignerOptions } from './commands/signer.ts'
import { keyCommands } from './keys.ts'

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
  .command('signer')
  .description(
    'sign how far the logs of a service have come; it needs no database, and nothing else should have its folder',
  )
  .requiredOption('--folder <folder>', 'where its key and what it signed last are kept; made where there is none')
  .option(
    '--listen <address>',
    'unix:/run/threshold/signer.sock, or 127.0.0.1:7210 with SIGNER_TOKEN; a socket in its folder where left out',
  )
  .option('--restart <origin>', 'start one log anew after a loss that cannot be made good, and end')
  .option('--rotate', 'make a new key, go on trusting what the present one signed, and end')
  .option('--trust <vkey>', 'go on trusting what a key signed that was lost, make a new one, and end')
  .option('--because <reason>', 'why, for the journal')
  .action(async (options: SignerOptions) => (await import('./commands/signer.ts')).signer(options, print))

program
  .command('provision <file>')
  .description('make the authorities, accounts and policies that a file names')
  .action(async (file: string) => (await import('./commands/provision.ts')).provisionFrom(file, print))

keyCommands(program, print)

program
  .command('token')
  .description('print a token of the development key (embedded database only)')
  .option(
    '--as <subject>',
    'account: referrer, integration, officer, screener, supervisor, manager, panel, author, approver, auditor, administrator',
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

program
  .command('explain <file>')
  .description('say why a referral in a file is scored as it is, and what would change it; nothing is stored')
  .requiredOption('--policy <file>', 'policy file')
  .addOption(
    new Option('--audience <reader>', 'for whom').choices(['screener', 'referrer', 'panel']).default('screener'),
  )
  .addOption(new Option('--format <form>', 'in what form').choices(['text', 'html', 'json']).default('text'))
  .option('--child <id>', 'only this child of the referral')
  .addHelpText('after', '\nExit status: 0 explained, 1 the referral is not usable, 2 the policy is not.')
  .action(async (file: string, options: ExplainOptions) => {
    process.exitCode = (await import('./commands/explain.ts')).explainFile(file, options, print)
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
  .option('--strict', 'let warnings count as errors do')
  .description('find every problem of a policy file, and run the cases beside it')
  .addHelpText('after', '\nExit status: 0 all is well, 1 there are errors or cases that fail, 2 a file cannot be read.')
  .action(async (files: string[], options: { json?: boolean; sarif?: boolean; strict?: boolean }) => {
    process.exitCode = (await import('./commands/policy-check.ts')).policyCheck(files, options, print)
  })

policy
  .command('new <folder>')
  .description('write a commented starting file and its cases, which pass the check as they are')
  .option('--id <id>', 'short name of the authority', 'northshire')
  .option('--authority <name>', 'name of the authority', 'Northshire Council')
  .option('--levels <number>', '3, 4 or 5 levels (4 where left out)')
  .option('--extends <base>', 'a local part on this base of the folder, id@version')
  .action(async (folder: string, options: { id: string; authority: string; levels?: string; extends?: string }) => {
    const today = londonDate(new Date().toISOString())
    process.exitCode = (await import('./commands/policy-new.ts')).policyNew(folder, options, today, print)
  })

policy
  .command('resolve <file>')
  .option('--json', 'print the parts with their places as JSON')
  .description('print base and overlay as one policy, each item with the place where it was written')
  .action(async (file: string, options: { json?: boolean }) => {
    process.exitCode = (await import('./commands/policy-resolve.ts')).policyResolve(file, options, print)
  })

policy
  .command('test <files...>')
  .option('--json', 'print coverage and mutants as JSON')
  .option('--no-mutants', 'coverage alone, which takes a second')
  .option('--write', 'store the result beside the policy')
  .description('measure the cases beside a policy: what they cover, and which small mistakes they would not notice')
  .action(async (files: string[], options: { json?: boolean; mutants?: boolean; write?: boolean }) => {
    process.exitCode = (await import('./commands/policy-test.ts')).policyTest(files, options, print)
  })

policy
  .command('rehearse [file]')
  .option('--against <version>', 'what to compare with: a policy file; with --draft a published one, as policy@version')
  .option('--draft <id>', 'instead of a file: a draft of a running service, over its stored referrals')
  .option('--revision <number>', 'its revision; the latest where left out')
  .option('--from <instant>', 'only referrals received at or after this instant')
  .option('--to <instant>', 'only referrals received before this instant')
  .option('--sample <number>', 'only so many of them')
  .option('--seed <number>', 'which: the same seed gives the same referrals', '1')
  .option('--resume <id>', 'instead of a draft: a rehearsal that was cancelled, to go on with')
  .option('--as <account>', 'account of the embedded default', 'author')
  .option('--authority <code>', 'its authority', 'northmoor')
  .option('--json', 'print the result as JSON')
  .description('say whom a changed policy would place otherwise: of its cases, or of the stored referrals of a service')
  .addHelpText(
    'after',
    '\nExit status: 0 nobody would go down, 1 it did not work, 3 somebody would, 130 it was cancelled.',
  )
  .action(async (file: string | undefined, options: RehearseOptions) => {
    process.exitCode = await (await import('./commands/policy-rehearse.ts')).policyRehearse(file, options, print)
  })

policy
  .command('compare <policy> <other> <referral>')
  .option('--json', 'print both verdicts as JSON')
  .description('say what two policies, be they of two authorities, make of one referral; all are files')
  .action(async (one: string, other: string, referral: string, options: { json?: boolean }) => {
    const { policyCompare } = await import('./commands/policy-compare.ts')
    process.exitCode = policyCompare([one, other], referral, options, print)
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

auditCommands(program, print)

program
  .command('papers <folder>')
  .option('--force', 'write over what is there')
  .description(
    'write transparency records, data map and bill of materials from what runs: settings, policies, database',
  )
  .action(async (folder: string, options: { force?: boolean }) =>
    (await import('./commands/papers.ts')).papers(folder, options, print),
  )

program
  .command('replay')
  .option('--authority <code>', 'only this one')
  .option('--id <id>', 'only this recommendation')
  .option('--from <date>', 'only those made on this day or later, YYYY-MM-DD in London')
  .option('--to <date>', 'only those made on this day or earlier')
  .option('--json', 'one JSON line for each recommendation that is not identical, and one with the totals')
  .description('compute stored recommendations again and compare them byte for byte')
  .addHelpText('after', '\nExit status: 0 all are identical, 1 some are not, 2 it cannot be run.')
  .action(async (options: ReplayOptions) => {
    process.exitCode = await (await import('./commands/replay.ts')).replay(options, print)
  })

const call = program.command('call').description('carry out an operation on a running service; one subcommand for each')
// Operations bring the whole service with them, which no other command needs, and an offline one must not load.
if (process.argv.includes('call')) {
  const [{ operations }, { describeCall }] = await Promise.all([
    import('../features/index.ts'),
    import('./commands/call.ts'),
  ])
  for (const operation of operations) describeCall(call, operation, print)
}

try {
  await program.parseAsync()
} catch (error) {
  // A person at a terminal gets the words, not the frames.
  console.error(`threshold: ${error instanceof ZodError ? error.message : ((error as Error).message ?? error)}`)
  // Not by exitCode alone: what was half started would keep the process alive, or end it with 0.
  process.exit(1)
}

#!/usr/bin/env node
/** `threshold <command>`. Each command is a file under commands/; this one only names them. */
import { Command } from 'commander'
import { policyCheck } from './commands/policy-check.ts'

const program = new Command('threshold').description('Decision support for the front door of children’s social care. It recommends; people decide.')

const policy = program.command('policy').description('threshold documents as policy files')
policy
  .command('check')
  .argument('<files...>', 'policy files; the cases beside each are run with it')
  .option('--json', 'print problems and case results as JSON')
  .description('find every problem of a policy file, and run its cases')
  .action((files: string[], options: { json?: boolean }) => {
    process.exitCode = policyCheck(files, options, (line) => console.log(line))
  })

await program.parseAsync()

/** `threshold keys …`: the keys of an authority, by which content is sealed. */
import type { Command } from 'commander'

export function keyCommands(program: Command, print: (line: string) => void): void {
  const keys = program.command('keys').description('the keys of an authority, by which content is sealed')

  keys
    .command('rotate')
    .requiredOption('--authority <code>', 'code of the authority')
    .option('--resume', 'make no new key: go on with a rotation that was stopped')
    .description('make a new key, and wrap by it the keys of all referrals and the authority’s own')
    .action(async (options: { authority: string; resume?: boolean }) =>
      (await import('./commands/keys.ts')).rotate(options, print),
    )

  keys
    .command('retire')
    .requiredOption('--authority <code>', 'code of the authority')
    .requiredOption('--key <id>', 'the key to destroy; nothing may be wrapped by it any more')
    .description('destroy an old key, so that copies of the database from before can no longer be opened by it')
    .action(async (options: { authority: string; key: string }) =>
      (await import('./commands/keys.ts')).retire(options, print),
    )
}

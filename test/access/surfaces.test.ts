// Who may call what, over REST and GraphQL, and what crosses from one authority to another. The operations come last, since
// they carry out every command.
import './relations.ts'
import './operations.ts'

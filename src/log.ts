/** Logs: facts first, one JSON line each; never a name, a date of birth, an NHS number, narrative or a token. */
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'

export function createLogger(level: string): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: safeError, error: safeError },
    redact: { paths: ['req', 'res', 'headers', 'body', 'authorization'], remove: true },
    hooks: {
      // pino copies the message of an error into `msg` past the serializer, unless words of ours stand there.
      logMethod(args, method) {
        const [first, words] = args as [unknown, unknown]
        const isError = first instanceof Error || (typeof first === 'object' && first !== null && 'err' in first)
        if (isError && typeof words !== 'string')
          method.apply(this, [first instanceof Error ? { err: first } : first, 'error'])
        else method.apply(this, args)
      },
    },
  }
  return pino(options, destination())
}

/** What cannot be written is kept up to so many bytes, and then left out. */
const UNWRITTEN_BYTES_MAX = 1024 * 1024

/** Standard output. When it is full or gone the service goes on: a line of the log is worth less than a referral. */
function destination(): DestinationStream {
  const stream = pino.destination({ dest: process.stdout.fd ?? 1, sync: true, maxLength: UNWRITTEN_BYTES_MAX })
  stream.on('error', () => {})
  return stream
}

/** Name, code and frames. A message may hold anything that was sent. */
export function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name, code, sqlstate, constraint, table } = error as Error & Record<string, unknown>
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n')
  return { type: name, code, sqlstate, constraint, table, stack: frames }
}

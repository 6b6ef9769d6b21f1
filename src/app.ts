/** Puts the parts together; listens to nothing. */
import { randomBytes } from 'node:crypto'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Database } from './db/connect.ts'
import type { Priority } from './db/places.ts'
import type { TokenVerifier } from './features/identity/verifier.ts'
import { operations } from './features/index.ts'
import { relations } from './features/relations.ts'
import { type GraphqlRules, STRICT_GRAPHQL } from './graphql/listed.ts'
import { mountGraphql } from './graphql/mount.ts'
import { type Admission, admitRequests, isLate, REQUEST_MS_MAX } from './http/admission.ts'
import { authenticate, requireToken } from './http/authenticate.ts'
import { strictBodies } from './http/body.ts'
import { mountHealth } from './http/health.ts'
import { countRefusals, type Limiter, type Limits, limitRequests } from './http/limits.ts'
import { mountRest } from './http/mount.ts'
import { openApi } from './http/openapi.ts'
import { problems, sendProblem } from './http/problem.ts'
import { mountSecurityTxt } from './http/security-txt.ts'
import { limitConnections, SERVER_LIMITS, type ServerLimits, serverOptions } from './http/server.ts'
import type { Caller } from './kernel/execute.ts'
import { idsInOrder } from './kernel/ids.ts'
import { type Settings, STRICT_SETTINGS } from './kernel/settings.ts'
import { VERSION } from './version.ts'

export interface Parts {
  readonly database: Database
  readonly verify: TokenVerifier
  readonly logger: Logger
  /** The clock; a test brings its own. Milliseconds since 1970. */
  readonly clock?: () => number
  /** What makes the ids of all that is stored; a test brings its own. */
  readonly newId?: () => string
  /** What the operator set; the strictest where left out. */
  readonly settings?: Settings
  /** How often callers may ask; as often as they like where left out. */
  readonly limits?: Limits
  /** Which GraphQL documents are run; none where left out. */
  readonly graphql?: GraphqlRules
  /** What the server bears; a test brings its own, for it cannot wait. */
  readonly server?: ServerLimits
  /** Whether readiness also asks for a login that can do no more than the service must. */
  readonly isProduction?: boolean
  /** Whether anything is taken on at the moment; always, where left out. */
  readonly admission?: Admission
  /** Addresses and networks of proxies that may say from which address a request came; none where left out. */
  readonly trustedProxies?: readonly string[]
  /** The longest that a request may take to its commit, in milliseconds. */
  readonly requestMsMax?: number
}

const BODY_BYTES_MAX = 1024 * 1024

export async function buildApp({
  database,
  verify,
  logger,
  clock = () => Date.now(),
  newId = idsInOrder(clock, randomBytes),
  settings = STRICT_SETTINGS,
  limits,
  graphql: rules = STRICT_GRAPHQL,
  server = SERVER_LIMITS,
  isProduction = false,
  admission,
  requestMsMax = REQUEST_MS_MAX,
  trustedProxies = [],
}: Parts): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify(fastifyOptions({ logger, newId, server, trustedProxies }))
  limitConnections(app, server)
  for (const prepare of [problems, strictBodies, traceRequests]) prepare(app)
  const limiter = limits && limitRequests(app, limits, clock)
  admitRequests(app, admission)
  const callerOf = async (request: FastifyRequest, priority?: Priority): Promise<Caller> => {
    const actor = await authenticate(request, { database, verify, limiter, priority })
    return {
      database,
      newId,
      settings,
      actor,
      now: new Date(clock()).toISOString(),
      idempotencyKey: header(request, 'idempotency-key'),
      accessed: new Set(),
      admit: (operation) => limiter?.admit(request, actor, operation),
      isLate: () => isLate(request, requestMsMax),
    }
  }
  await mountDocs(app)
  mountHealth(app, database, { isProduction, admission })
  mountSecurityTxt(app, settings.security, clock)
  await app.register((scope) => mountOperations(scope, { verify, limiter, callerOf, rules }))
  return app
}

type HttpParts = Required<Pick<Parts, 'logger' | 'newId' | 'server' | 'trustedProxies'>>

function fastifyOptions({ logger, newId, server, trustedProxies }: HttpParts): FastifyServerOptions {
  return {
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newId,
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 200 },
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    ...serverOptions(server, newId),
    forceCloseConnections: 'idle',
    // Whoever is refused while it closes is told so in the words of everything else.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, error),
  }
}

interface OperationParts {
  readonly verify: TokenVerifier
  readonly limiter: Limiter | undefined
  readonly rules: GraphqlRules
  callerOf(request: FastifyRequest, priority?: Priority): Promise<Caller>
}

/** Every operation over both surfaces, for whoever shows a good token. */
async function mountOperations(
  scope: FastifyInstance,
  { verify, limiter, callerOf, rules }: OperationParts,
): Promise<void> {
  // Before the body is read: whoever shows no good token costs no parsing.
  scope.addHook('preParsing', async (request) => {
    await requireToken(request, { verify, limiter })
  })
  countRefusals(scope, limiter)
  mountRest(scope, operations, callerOf)
  const countIdle = (request: FastifyRequest) => limiter?.countIdle(request)
  await mountGraphql(scope, { operations, relations, callerOf, rules, countIdle })
}

/** The id of each request goes out with its answer, and one line about it into the log. */
function traceRequests(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
}

/** The reference at /docs takes everything from here: nothing is loaded from elsewhere. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
  formAction: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  scriptSrc: ["'self'"],
  upgradeInsecureRequests: null,
}

const WORDMARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40"><text x="0" y="28" fill="#fff" ' +
  'font-family="sans-serif" font-size="26" font-weight="bold">Threshold</text></svg>'

/** The reference, and the headers that keep a page from doing more than it says. */
async function mountDocs(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { directives: CONTENT_SECURITY },
    strictTransportSecurity: false,
  })
  await app.register(swagger, { mode: 'static', specification: { document: openApi(operations, VERSION) as never } })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: false,
    logo: { type: 'image/svg+xml', content: Buffer.from(WORDMARK), href: '/docs' },
    uiConfig: { validatorUrl: null, deepLinking: true, docExpansion: 'list', persistAuthorization: false } as never,
  })
  app.get('/openapi.json', async (_request, reply) => reply.send(app.swagger()))
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

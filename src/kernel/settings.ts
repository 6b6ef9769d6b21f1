/** What the operator sets and features keep to. */
import type { LogSettings } from './signer.ts'

/** Which addresses the service may send to, and how long it waits. */
export interface OutboundRules {
  /** Hosts, addresses and networks (`10.2.0.0/16`) that may be sent to although they are not public. */
  readonly allow: readonly string[]
  /** Whether http is taken for this machine itself: in development alone. */
  readonly allowsHttp: boolean
  /** The longest to wait for an answer. */
  readonly timeoutMs: number
}

/** Whom to tell of a weakness. */
export interface SecurityContact {
  /** `mailto:`, `https:` or `tel:` */
  readonly contact: string
  /** Where the file that names them is reached from outside. */
  readonly canonical?: string
}

export interface Settings {
  readonly outbound: OutboundRules
  /** Nobody where left out. */
  readonly security?: SecurityContact
  /** Unsigned where left out. */
  readonly log?: LogSettings
}

/** What holds where nothing was set: public addresses over https. */
export const STRICT_SETTINGS: Settings = { outbound: { allow: [], allowsHttp: false, timeoutMs: 15_000 } }

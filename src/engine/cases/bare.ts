/** A policy document without its words. What it says decides nothing, and is most of what compiling it costs. */
import type { PolicyDocument } from '../policy/shape.ts'

/** The document with every text that is only shown replaced by a code; reviews stay, since cases expect them. */
export function bare(document: PolicyDocument): PolicyDocument {
  const citation = { section: '-' }
  return {
    ...document,
    levels: document.levels.map((level) => ({ ...level, label: level.code, description: level.code })),
    domains: document.domains.map((domain) => ({ ...domain, label: domain.code })),
    indicators: document.indicators.map(({ definition: _, ...spec }) => ({ ...spec, text: spec.code, citation })),
    rules: document.rules.map((rule) => ({ ...rule, because: rule.id, citation })),
    clusters: document.clusters.map((cluster) => ({ ...cluster, because: cluster.id, citation })),
    gates: document.gates.map((gate) => ({ ...gate, question: gate.id, because: gate.id, citation })),
    routing: document.routing.map(({ citation: _, ...route }) => ({ ...route, because: route.level })),
    responses: document.responses.map((response) => ({
      ...response,
      label: response.code,
      legalBasis: response.code,
      lead: response.code,
      nextSteps: [response.code],
    })),
    questions: document.questions.map((question) => ({ ...question, ask: question.id, because: question.id })),
    services: [],
    provenance: {},
  }
}

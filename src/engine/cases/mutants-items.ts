/** Small changes of clusters, points, gates, routes and responses. */
import type { ClusterSpec, PolicyDocument, ResponseSpec, RouteSpec } from '../policy/shape.ts'
import { conditionEdits } from './mutants-conditions.ts'
import {
  type Edit,
  hurried,
  moved,
  neighbours,
  nudged,
  type Scales,
  thinned,
  within,
  without,
} from './mutants-edits.ts'
import { responseEdits, unlessEdits } from './mutants-rules.ts'

type Points = NonNullable<PolicyDocument['points']>
type Gate = PolicyDocument['gates'][number]

export const itemEdits = {
  cluster: (cluster: ClusterSpec, { levels }: Scales): Edit<ClusterSpec>[] => [
    { at: ' dropped' },
    ...nudged(cluster, 'count', 1),
    ...nudged(cluster, 'acrossDomains', 1),
    ...moved(cluster, 'ofLevel', levels),
    ...moved(cluster, 'atLeast', levels),
    ...thinned(cluster, 'categories'),
    ...without(cluster, 'categories'),
    ...unlessEdits(cluster),
  ],

  points: (points: Points, { levels }: Scales): Edit<Points>[] => [
    ...thinned(points, 'cutoffs'),
    ...points.cutoffs.flatMap((cutoff, i) =>
      [...nudged(cutoff, 'points', 1), ...moved(cutoff, 'level', levels)].map(({ at, to }) => ({
        at: `/cutoffs/${i + 1}${at}`,
        to: { ...points, cutoffs: points.cutoffs.map((one, j) => (j === i && to ? to : one)) },
      })),
    ),
  ],

  gate: (gate: Gate, scales: Scales): Edit<Gate>[] => [{ at: ' dropped' }, ...responseEdits(gate, 'response', scales)],

  route: (route: RouteSpec, scales: Scales): Edit<RouteSpec>[] => [
    // The last route of a level has no condition, and the check refuses a level without it.
    ...(route.when ? [{ at: ' dropped' }] : []),
    ...within(route, 'when', (when) => conditionEdits(when, scales)),
    ...thinned(route, 'responses'),
    ...route.responses.flatMap((code, i) =>
      neighbours(scales.responses, code)
        .filter((to) => !route.responses.includes(to))
        .map((to) => ({
          at: `/responses/${code} = ${to}`,
          to: { ...route, responses: route.responses.map((one, j) => (j === i ? to : one)) },
        })),
    ),
    ...route.alternatives.map((code) => ({
      at: `/alternatives/${code} dropped`,
      to: { ...route, alternatives: route.alternatives.filter((one) => one !== code) },
    })),
  ],

  response: (response: ResponseSpec, scales: Scales): Edit<ResponseSpec>[] => hurried(response, scales),
}

/** Small changes of clusters, points, gates, routes and responses. */
import type { ClusterSpec, PolicyDocument, ResponseSpec, RouteSpec } from '../policy/shape.ts'
import { conditionEdits } from './mutants-conditions.ts'
import {
  type Edit,
  each,
  hurried,
  ladder,
  moved,
  nudged,
  type Scales,
  swapped,
  thinned,
  within,
  without,
} from './mutants-edits.ts'
import { responseEdits, unlessEdits } from './mutants-rules.ts'

type Points = NonNullable<PolicyDocument['points']>
type Gate = PolicyDocument['gates'][number]

export const itemEdits = {
  cluster: (cluster: ClusterSpec, scales: Scales): Edit<ClusterSpec>[] => [
    { at: ' dropped' },
    ...nudged(cluster, 'count', 1),
    ...nudged(cluster, 'acrossDomains', 1),
    ...moved(cluster, 'ofLevel', ladder(scales, cluster.matrix, cluster.ofLevel)),
    ...moved(cluster, 'atLeast', scales.levels),
    ...thinned(cluster, 'categories'),
    ...without(cluster, 'categories'),
    ...without(cluster, 'matrix'),
    ...unlessEdits(cluster),
  ],

  points: (points: Points, { levels }: Scales): Edit<Points>[] => [
    ...thinned(points, 'cutoffs'),
    ...within(points, 'cutoffs', (cutoffs) =>
      each(cutoffs, (cutoff) => [...nudged(cutoff, 'points', 1), ...moved(cutoff, 'level', levels)]),
    ),
  ],

  gate: (gate: Gate, scales: Scales): Edit<Gate>[] => [{ at: ' dropped' }, ...responseEdits(gate, 'response', scales)],

  route: (route: RouteSpec, scales: Scales): Edit<RouteSpec>[] => [
    // The last route of a level has no condition, and the check refuses a level without it.
    ...(route.when ? [{ at: ' dropped' }] : []),
    ...within(route, 'when', (when) => conditionEdits(when, scales)),
    ...thinned(route, 'responses'),
    ...swapped(route, 'responses', scales.responses),
    ...route.alternatives.map((code) => ({
      at: `/alternatives/${code} dropped`,
      to: { ...route, alternatives: route.alternatives.filter((one) => one !== code) },
    })),
  ],

  response: (response: ResponseSpec, scales: Scales): Edit<ResponseSpec>[] => hurried(response, scales),
}

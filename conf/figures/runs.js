// From the state of a figure to what its racers do.
const finite = (...numbers) => numbers.every(Number.isFinite);
const range = (n) => Array.from({ length: n }, (_, i) => i);

// Least and largest curvature at the deepest minimum, from differences of the gradient.
function curvature({ minima: [[a, b]], df }) {
  const h = 1e-4;
  const slope = (dx, dy) => {
    const up = df([a + dx, b + dy]),
      down = df([a - dx, b - dy]);
    return V(($) => (up[$] - down[$]) / 2 / h);
  };
  const [p, q] = slope(h, 0),
    r = slope(0, h)[1];
  const spread = hypot((p - r) / 2, q);
  return [(p + r) / 2 - spread, (p + r) / 2 + spread];
}

// Walk until the steps are done, and one more for the arrows, or until a number overflows.
function walk(problem, rule, grad, start, hyper, steps) {
  const points = [start],
    heights = [problem.f(start)],
    walker = rule(grad, start, hyper);
  while (points.length < steps + 2) {
    const theta = walker.next().value,
      height = problem.f(theta);
    if (!finite(...theta, height)) break;
    points.push(theta);
    heights.push(height);
  }
  const ended = points.length > steps ? 0 : points.length;
  return {
    points,
    heights: heights.slice(0, steps + 1),
    ended,
    asked: steps,
    steps: ended ? ended - 1 : steps,
  };
}

// What each kind of figure shows: its scene (a problem, runs over it, how far the cursor goes, and which controls have no
// effect), what it says, the calls that make it in Python, and what else it draws.
const KINDS = {};

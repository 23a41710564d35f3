// From the state of a figure to what its racers do.
const finite = (...numbers) => numbers.every(Number.isFinite);
const range = (n) => Array.from({ length: n }, (_, i) => i);

// The landscape that the state names, as functions of a point.
function landscape({ landscapes }, { surface, condition }) {
  const { f, df } = PROBLEMS[surface], it = landscapes[surface];
  const given = "condition" in it.parameters ? { ...it.parameters, condition } : it.parameters;
  return { ...it, given, f: ([x, y]) => f(x, y, given), df: ([x, y]) => df(x, y, given) };
}

// The line fit, on all its examples or on some rows of them.
function lineFit({ inputs, targets, ...about }) {
  const rows = range(targets.length);
  const score = ([slope, level], row) => slope * inputs[row] + level;
  const f = (theta) => sum(rows, (row) => LINE.cost(score(theta, row), targets[row])) / rows.length;
  const df = (theta, some = rows) => {
    const slopes = some.map((row) => LINE.slope(score(theta, row), targets[row]));
    return [slopes.reduce((sum, slope, i) => sum + slope * inputs[some[i]], 0), sum(slopes, (slope) => slope)]
      .map((total) => total / some.length);
  };
  return { ...about, n: rows.length, f, df };
}

// The gradient on the next mini-batch, each time it is asked for.
function sampled(problem, size, seed) {
  const deal = batches(problem.n, size, seed);
  return (theta) => problem.df(theta, deal.next().value);
}

// Least and largest curvature at the deepest minimum, from differences of the gradient.
function curvature({ minima: [[a, b]], df }) {
  const h = 1e-4;
  const slope = (dx, dy) => {
    const up = df([a + dx, b + dy]), down = df([a - dx, b - dy]);
    return V(($) => (up[$] - down[$]) / 2 / h);
  };
  const [p, q] = slope(h, 0), r = slope(0, h)[1];
  const spread = hypot((p - r) / 2, q);
  return [(p + r) / 2 - spread, (p + r) / 2 + spread];
}

// Walk until the steps are done, and one more for the arrows, or until a number overflows.
function walk(problem, rule, grad, start, hyper, steps) {
  const points = [start], heights = [problem.f(start)], walker = rule(grad, start, hyper);
  while (points.length < steps + 2) {
    const theta = walker.next().value, height = problem.f(theta);
    if (!finite(...theta, height)) break;
    points.push(theta);
    heights.push(height);
  }
  const ended = points.length > steps ? 0 : points.length;
  return { points, heights: heights.slice(0, steps + 1), ended, asked: steps, steps: ended ? ended - 1 : steps };
}

// What a rule is called with: those of the state's numbers that it knows by name.
const hyper = ({ hyper }, state, lr) => Object.fromEntries(
  Object.keys(hyper).filter((name) => name in state).map((name) => [name, name === "lr" ? lr : state[name]]),
);

// What each kind of figure shows: a problem, runs over it, and how far the cursor goes.
const SCENES = {
  walk(spec, state) {
    const problem = landscape(spec, state);
    const rate = (name) => (state.rates === "tuned" ? spec.tuned[state.surface][name] : state.lr);
    const runs = (state.run || Object.keys(spec.rules)).map((name) => {
      const rule = { ...OPTIMIZERS[name], ...spec.rules[name] }, given = hyper(rule, state, rate(name));
      const done = walk(problem, rule.run, problem.df, [state.x, state.y], given, state.steps);
      return { name, title: rule.title, look: rule.look, given, rule, each: 1, ...done };
    });
    return { problem, runs, last: state.steps, along: "step t" };
  },
  batch(spec, state) {
    const problem = lineFit(spec.line), { n } = problem;
    const along = state.axis === "steps" ? "step t" : "examples seen";
    const steps = (size) => (state.epochs * n) / (state.axis === "steps" ? state.batch : size);
    const runs = [n, state.batch, 1].map((size, look) => {
      const grad = size === n ? problem.df : sampled(problem, size, spec.seeds[state.seed]), given = { lr: state.lr };
      const done = walk(problem, OPTIMIZERS.gd.run, grad, [state.x, state.y], given, steps(size));
      return { title: `B = ${size}`, size, look, given, each: state.axis === "steps" ? 1 : size, ...done };
    });
    return { problem, runs, last: state.epochs * n / (state.axis === "steps" ? state.batch : 1), along };
  },
  schedule(spec, state) {
    const problem = lineFit(spec.line), plan = planned(spec.plans, state);
    const runs = [plan.rate, () => state.lr].map((lr, look) => {
      const done = walk(problem, OPTIMIZERS.gd.run, sampled(problem, 4, spec.seeds[state.seed]), problem.start, { lr }, state.steps);
      const rates = range(state.steps + 1).map(lr);
      return { title: look ? `fixed, ${num(state.lr)}` : spec.plans[state.schedule].title, look, rates, each: 1, ...done };
    });
    return { problem, runs, last: state.steps, along: "step t", plan };
  },
};

// The schedule that the state asks for, behind a warmup if it has none of its own: as a function, and as Python.
function planned(plans, { schedule, lr, steps, warm, floor, mult }) {
  const { names, demo, whole } = plans[schedule];
  const own = names.includes("rise"), before = own ? 0 : warm;
  const set = { peak: lr, steps: steps - before, floor: floor * lr, mult, rise: max(1, warm) };
  const scaled = (value) => max(1, round((value * steps) / 100));
  const given = Object.fromEntries(names.filter((name) => name in set || name in demo).map((name) => [
    name, name in set ? set[name] : whole.includes(name) ? (Array.isArray(demo[name]) ? demo[name].map(scaled) : scaled(demo[name])) : demo[name],
  ]));
  const call = `${schedule}(${Object.entries(given).map(([name, value]) => `${name}=${py(value)}`).join(", ")})`;
  const rate = SCHEDULES[schedule](given);
  if (!before) return { rate, call, given };
  return { rate: SCHEDULES.warmup({ after: rate, rise: warm }), call: `warmup(${call}, ${warm})`, given };
}

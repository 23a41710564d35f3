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

// What each kind of figure shows: a problem, runs over it, how far the cursor goes, and which controls have no effect.
const SCENES = {
  walk(spec, state) {
    const problem = landscape(spec, state), { run, rates, surface, x, y, steps } = state;
    const runs = (run || Object.keys(spec.rules)).map((name) => {
      const rule = { ...OPTIMIZERS[name], ...spec.rules[name] }, given = {};
      for (const key in rule.hyper) if (key in state) given[key] = state[key];
      if (rates === "tuned") given.lr = spec.tuned[surface][name];
      return { ...rule, name, rule, given, each: 1, ...walk(problem, rule.run, problem.df, [x, y], given, steps) };
    });
    const idle = ["condition" in problem.given || "condition", rates === "tuned" && "lr"];
    return { problem, runs, last: steps, along: "step t", idle };
  },
  batch({ line, seeds }, { axis, batch, epochs, seed, lr, x, y }) {
    const problem = lineFit(line), { n } = problem, bySteps = axis === "steps";
    const runs = [n, batch, 1].map((size, look) => {
      const grad = size === n ? problem.df : sampled(problem, size, seeds[seed]);
      const done = walk(problem, OPTIMIZERS.gd.run, grad, [x, y], { lr }, (epochs * n) / (bySteps ? batch : size));
      return { title: `B = ${size}`, size, look, each: bySteps ? 1 : size, ...done };
    });
    return { problem, runs, last: (epochs * n) / (bySteps ? batch : 1), along: bySteps ? "step t" : "examples seen" };
  },
  schedule({ line, seeds, plans }, state) {
    const problem = lineFit(line), plan = planned(plans, state), { lr, steps, seed, schedule } = state;
    const runs = [plan.rate, () => lr].map((rate, look) => {
      const title = look ? `fixed, ${num(lr)}` : plans[schedule].title, grad = sampled(problem, 4, seeds[seed]);
      const done = walk(problem, OPTIMIZERS.gd.run, grad, problem.start, { lr: rate }, steps);
      return { title, look, rates: range(steps + 1).map(rate), each: 1, ...done };
    });
    const idle = ["floor", "mult"].filter((name) => !(name in plan.given));
    return { problem, runs, last: steps, along: "step t", idle, plan };
  },
};

// The schedule that the state asks for, behind a warmup if it has none of its own: as a function, and as Python.
function planned(plans, { schedule, lr, steps, warm, floor, mult }) {
  const { names, demo, whole } = plans[schedule], before = names.includes("rise") ? 0 : warm;
  const set = { peak: lr, steps: steps - before, floor: floor * lr, mult, rise: max(1, warm) }, given = {};
  for (const name of names) {
    const scaled = (value) => (whole.includes(name) ? max(1, round((value * steps) / 100)) : value);
    const value = set[name] ?? (demo[name]?.map ? demo[name].map(scaled) : scaled(demo[name]));
    if (name in set || name in demo) given[name] = value;
  }
  const call = `${schedule}(${calls(given)})`, rate = SCHEDULES[schedule](given);
  if (!before) return { rate, call, given };
  return { rate: SCHEDULES.warmup({ after: rate, rise: warm }), call: `warmup(${call}, ${warm})`, given };
}

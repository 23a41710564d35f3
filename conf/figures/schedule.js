// Schedules, and what they do to a noisy run.

// The schedule that the state asks for, behind a warmup if it has none of its own: as a function, and as Python.
function planned(plans, { schedule, lr, steps, warm, floor, mult }) {
  const { names, demo, whole } = plans[schedule],
    before = names.includes("rise") ? 0 : warm;
  const set = { peak: lr, steps: steps - before, floor: floor * lr, mult, rise: max(1, warm) },
    given = {};
  for (const name of names) {
    const scaled = (value) => (whole.includes(name) ? max(1, round((value * steps) / 100)) : value);
    const value = set[name] ?? (demo[name]?.map ? demo[name].map(scaled) : scaled(demo[name]));
    if (name in set || name in demo) given[name] = value;
  }
  const call = `${schedule}(${calls(given).join(", ")})`,
    rate = SCHEDULES[schedule](given);
  if (!before) return { rate, call, given };
  return {
    rate: SCHEDULES.warmup({ after: rate, rise: warm }),
    call: `warmup(${call}, ${warm})`,
    given,
  };
}

// The rates themselves, on a chart with a plain axis.
function curved(runs, { lr, steps }) {
  const y = scale(0, lr * 1.1, HIGH, 0),
    x = scale(0, steps, 0, WIDE);
  for (const run of runs) run.onCurve = run.rates.map((rate, t) => `${x(t)} ${y(rate)}`);
  return axes(ticks(0, steps), x, ticks(0, lr * 1.1), y, "finished steps t", "Learning rate η");
}

KINDS.schedule = {
  scene({ line, seeds, plans }, state) {
    const problem = lineFit(line),
      plan = planned(plans, state),
      { lr, steps, seed, schedule } = state;
    const runs = [plan.rate, () => lr].map((rate, look) => {
      const title = look ? `fixed, ${num(lr)}` : plans[schedule].title,
        grad = sampled(problem, 4, seeds[seed]);
      const done = walk(problem, OPTIMIZERS.gd.run, grad, problem.start, { lr: rate }, steps);
      return { title, look, rates: range(steps + 1).map(rate), each: 1, ...done };
    });
    const idle = ["floor", "mult"].filter((name) => !(name in plan.given));
    return { problem, runs, last: steps, along: "step t", idle, plan };
  },
  says: (spec, { lr, steps }, { least, runs: [plan, fixed] }) =>
    `The first rate is ${num(plan.rates[0])}, the last ${num(plan.rates[steps - 1])}. After ${steps} steps the loss is ` +
    `${above(plan, least, plan.steps)} above the minimum; at a fixed rate of ${num(lr)}, ${above(fixed, least, fixed.steps)}.`,
  call: ({ lr, seed, steps }, { plan }) => [
    "line_fit()",
    (run) => [
      "gd",
      `lr=${run.look ? `constant(${lr})` : plan.call}`,
      ...calls({ batch: 4, seed, steps }),
    ],
  ],
  curved,
};

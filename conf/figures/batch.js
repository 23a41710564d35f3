// Batch sizes on the line fit.

KINDS.batch = {
  scene({ line, seeds }, { axis, batch, epochs, seed, lr, x, y }) {
    const problem = lineFit(line),
      { n } = problem,
      bySteps = axis === "steps";
    const runs = [n, batch, 1].map((size, look) => {
      const grad = size === n ? problem.df : sampled(problem, size, seeds[seed]);
      const done = walk(
        problem,
        OPTIMIZERS.gd.run,
        grad,
        [x, y],
        { lr },
        (epochs * n) / (bySteps ? batch : size),
      );
      return { title: `B = ${size}`, size, look, each: bySteps ? 1 : size, ...done };
    });
    return {
      problem,
      runs,
      last: (epochs * n) / (bySteps ? batch : 1),
      along: bySteps ? "step t" : "examples seen",
    };
  },
  says: (spec, state, { runs, least }) =>
    runs
      .map(
        (run) =>
          `${run.title}: ${run.steps} steps, ${above(run, least, run.steps)} above the minimum. ` +
          (isLost(run) ? "It climbs: the rate is too large. " : ""),
      )
      .join(""),
  call: ({ lr, seed, x, y }) => [
    "line_fit()",
    ({ size, asked }) => [
      "gd",
      ...calls({ lr, batch: size, seed }),
      `start=(${x}, ${y})`,
      `steps=${asked}`,
    ],
  ],
  batches,
};

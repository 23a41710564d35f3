// Rules on a landscape.

// The landscape that the state names, as functions of a point.
function landscape({ landscapes }, { surface, condition }) {
  const { f, df } = PROBLEMS[surface],
    it = landscapes[surface];
  const given = "condition" in it.parameters ? { ...it.parameters, condition } : it.parameters;
  return { ...it, given, f: ([x, y]) => f(x, y, given), df: ([x, y]) => df(x, y, given) };
}

// Marks under the sliders, where theory sees a limit.
const limited = ({ runs }, { rates }) => runs.filter((run) => run.limit && rates !== "tuned");
function marks({ ranges }, scene, state) {
  const known = limited(scene, state),
    { near } = scene,
    { beta } = state;
  const mark = (share, { look }, words) => {
    const at = `${+(100 * share).toFixed(3)}%`,
      side = ["start", "middle", "end"][round(2 * share)];
    const line = `<line stroke="${ink(look)}" x1="${at}" x2="${at}" y1="-12" y2="26"/>`;
    return share >= 0 && share <= 1
      ? `${line}<text x="${at}" y="40" text-anchor="${side}">${words}</text>`
      : "";
  };
  const [low, high] = ranges.lr,
    ball = beta >= 0 && known.find((run) => run.critical);
  const limits = known.map((run, k) =>
    mark(
      log(run.limit / low) / log(high / low),
      run,
      known.length === 1 ? `${near}2/L = ${num(run.limit)}` : k ? "" : near,
    ),
  );
  const damping = ball ? mark(ball.critical / ranges.beta[1], ball, `${near}critical`) : "";
  return { "marks-lr": limits.join(""), "marks-beta": damping };
}

// What theory says of these rates: exact on a quadratic, elsewhere only near the minimum.
function theory({ flat, steep, near }, { lr, beta }, known) {
  if (!known.length) return "";
  const limits = known.map(
    ({ title, limit }) => `${title} ${num(limit)}${lr > limit ? " (passed)" : ""}`,
  );
  const product = lr * steep,
    ball = beta >= 0 && known.find((run) => run.critical);
  const said =
    known.length > 1 ? `, and η may be at most: ${limits.join(", ")}` : `: ${fate(product)}`;
  const damping =
    ball &&
    `Critical damping, for λ = ${num(flat)}, is at β = ${num(ball.critical)}: along the valley the ball ` +
      `${beta > ball.critical ? "swings" : "creeps"}. `;
  return `${near && "Near the minimum, "}η·L = ${num(product)}${said}. ${damping || ""}`;
}
const fate = (product) =>
  product > 2
    ? "diverges, for the limit is 2"
    : product === 2
      ? "bounces for ever"
      : `converges, ${product > 1 ? "alternating across" : "without crossing"} the valley`;

KINDS.walk = {
  scene(spec, state) {
    const problem = landscape(spec, state),
      { run, rates, surface, x, y, steps } = state;
    const set = { ...state, ...spec.still },
      runs = (run || Object.keys(spec.rules)).map((name) => {
        const rule = { ...OPTIMIZERS[name], ...spec.rules[name] },
          given = {};
        for (const key in rule.hyper) if (key in set) given[key] = set[key];
        if (rates === "tuned") given.lr = spec.tuned[surface][name];
        return {
          ...rule,
          name,
          rule,
          given,
          each: 1,
          ...walk(problem, rule.run, problem.df, [x, y], given, steps),
        };
      });
    const idle = ["condition" in problem.given || "condition", rates === "tuned" && "lr"];
    return { problem, runs, last: steps, along: "step t", idle };
  },
  says: ({ sweep }, state, scene) =>
    (state.rates === "tuned" ? `Each at its own best of ${sweep}. ` : "") +
    theory(scene, state, limited(scene, state)) +
    outcome(scene, state.steps),
  call: ({ x, y, steps, condition }, { problem: { name, given } }) => [
    name + ("condition" in given ? `(condition=${condition})` : ""),
    (run) => [run.name, ...calls(run.given), `start=(${x}, ${y})`, `steps=${steps}`],
  ],
  marks,
};

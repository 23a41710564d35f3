// What a figure says of itself.
const above = (run, least, i) => num(max(0, run.heights[i] - least));

// What theory says of these rates: exact on a quadratic, elsewhere only near the minimum.
function theory(scene, state) {
  const known = scene.runs.filter((run) => run.rule.limit);
  if (!known.length || state.rates === "tuned") return "";
  const [low, high] = curvature(scene.problem), product = state.lr * high;
  const place = "condition" in scene.problem.given ? "" : "Near the minimum, ";
  const limit = (run) => run.rule.limit({ ...run.given, curvature: high });
  if (known.length === 1) return `${place}η·L = ${num(product)}: ${fate(product)}. `;
  const limits = known.map((run) => `${run.title} ${num(limit(run))}${state.lr > limit(run) ? " (passed)" : ""}`);
  return `${place}η·L = ${num(product)}, and η may be at most: ${limits.join(", ")}. ${swing(known, state, low)}`;
}
const fate = (product) => product > 2 ? "diverges, for the limit is 2" : product === 2 ? "bounces for ever, on the limit 2"
  : product > 1 ? "converges, alternating across the valley" : "converges, without crossing the valley";

function swing(runs, state, low) {
  const ball = runs.find((run) => run.rule.critical);
  if (!ball || !("beta" in state) || state.lr * low > 1) return "";
  const critical = ball.rule.critical({ ...ball.given, curvature: low });
  return `Critical damping, for λ = ${num(low)}, is at β = ${num(critical)}: the ball ${state.beta > critical ? "swings" : "does not swing"}. `;
}

// How the runs ended.
function outcome(scene, steps) {
  const { runs, least } = scene;
  const lost = runs.filter((run) => run.ended || run.heights[run.steps] > run.heights[0]);
  const said = lost.map((run) => run.ended ? `${run.title} diverges and overflows at step ${run.ended}. `
    : `${run.title} diverges: it is ${num(run.heights[run.steps] / run.heights[0])} times as high as it began. `);
  const good = runs.filter((run) => !lost.includes(run)), end = (run) => run.heights[run.steps];
  if (!good.length) return said.join("");
  const best = good.reduce((a, b) => (end(b) < end(a) ? b : a));
  const who = runs.length > 1 ? `${best.title} is lowest, ` : "the loss is ";
  return `${said.join("")}After ${steps} steps ${who}${above(best, least, best.steps)} above the minimum.`;
}

const SAYS = {
  walk: (spec, state, scene) => {
    const tuned = state.rates === "tuned" ? `Each at its own best of ${spec.sweep}. ` : "";
    return tuned + theory(scene, state) + (scene.runs.length ? outcome(scene, state.steps) : "Choose who runs.");
  },
  batch: (spec, state, { runs, least }) => {
    return `${runs.map((run) => `${run.title}: ${run.steps} steps, ${run.steps * run.size} examples, ${above(run, least, run.steps)} above the minimum`).join("; ")}.`
      + (runs.some((run) => run.heights[run.steps] > run.heights[0] || run.ended) ? " Too large a rate: a run climbs instead of falling." : "");
  },
  schedule: (spec, state, { least, runs: [plan, fixed] }) => {
    return `The first rate is ${num(plan.rates[0])}, the last ${num(plan.rates[state.steps - 1])}. After ${state.steps} steps the run ends `
      + `${above(plan, least, plan.steps)} above the minimum; at a fixed rate of ${num(state.lr)}, ${above(fixed, least, fixed.steps)}.`;
  },
};

// The table of numbers: some rows of each run; of a schedule, its corners.
function rows(spec, state, { runs, least, last, plan, along }) {
  const line = (cells, head) => `<tr>${cells.map((cell, i) => (head ? `<th scope="col">${cell}</th>` : i ? `<td>${cell}</td>` : `<th scope="row">${cell}</th>`)).join("")}</tr>`;
  if (plan) {
    const { steps: T, warm: W } = state;
    const corners = [...new Set([0, 1, W - 1, W, W + 1, T - 1, T, T + 1].filter((t) => t >= 0))].sort((a, b) => a - b);
    return line(["finished steps t", "learning rate η"], true) + corners.map((t) => line([t, num(plan.rate(t))])).join("");
  }
  const brief = runs.length > 3;
  const head = runs.flatMap((run) => [...(brief ? [] : ["θ₁", "θ₂"]), "above the minimum"].map((name) => `${run.title}: ${name}`));
  const cells = (run, x) => {
    const i = floor(x / run.each), point = run.points[i];
    if (i > run.steps) return brief ? ["–"] : ["–", "–", "–"];
    return [...(brief ? [] : point.map(num)), above(run, least, i)];
  };
  const chosen = [...new Set(range(11).map((k) => round((k * last) / 10)))];
  return line([along, ...head], true) + chosen.map((x) => line([x, ...runs.flatMap((run) => cells(run, x))])).join("");
}

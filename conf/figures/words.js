// What a figure says of itself.
const above = (run, least, i) => num(max(0, run.heights[i] - least));
const end = (run) => run.heights[run.steps];
const isLost = (run) => run.ended || end(run) > run.heights[0];

// What theory says of these rates: exact on a quadratic, elsewhere only near the minimum.
function theory({ flat, steep, near }, { lr, beta }, known) {
  if (!known.length) return "";
  const limits = known.map(({ title, limit }) => `${title} ${num(limit)}${lr > limit ? " (passed)" : ""}`);
  const product = lr * steep, ball = beta >= 0 && known.find((run) => run.critical);
  const said = known.length > 1 ? `, and η may be at most: ${limits.join(", ")}` : `: ${fate(product)}`;
  const damping = ball && `Critical damping, for λ = ${num(flat)}, is at β = ${num(ball.critical)}: along the valley the ball `
    + `${beta > ball.critical ? "swings" : "creeps"}. `;
  return `${near && "Near the minimum, "}η·L = ${num(product)}${said}. ${damping || ""}`;
}
const fate = (product) => product > 2 ? "diverges, for the limit is 2" : product === 2 ? "bounces for ever"
  : `converges, ${product > 1 ? "alternating across" : "without crossing"} the valley`;

// How the runs ended.
function outcome({ runs, least }, steps) {
  const said = runs.filter(isLost).map((run) => `${run.title} ${run.ended ? `diverges and overflows at step ${run.ended}`
    : `climbs: its loss ends ${num(end(run) / run.heights[0])} times as high as it began`}. `).join("");
  const good = runs.filter((run) => !isLost(run)).sort((a, b) => end(a) - end(b)), [best] = good;
  if (!best) return said || "Choose who runs.";
  const who = runs.length > 1 ? `${best.title} is lowest,` : "the loss is";
  return `${said}After ${steps} steps ${who} ${above(best, least, best.steps)} above the minimum.`;
}

const SAYS = {
  walk: ({ sweep }, state, scene) => (state.rates === "tuned" ? `Each at its own best of ${sweep}. ` : "")
    + theory(scene, state, limited(scene, state)) + outcome(scene, state.steps),
  batch: (spec, state, { runs, least }) => runs.map((run) =>
    `${run.title}: ${run.steps} steps, ${above(run, least, run.steps)} above the minimum. `
    + (isLost(run) ? "It climbs: the rate is too large. " : "")).join(""),
  schedule: (spec, { lr, steps }, { least, runs: [plan, fixed] }) =>
    `The first rate is ${num(plan.rates[0])}, the last ${num(plan.rates[steps - 1])}. After ${steps} steps the loss is `
    + `${above(plan, least, plan.steps)} above the minimum; at a fixed rate of ${num(lr)}, ${above(fixed, least, fixed.steps)}.`,
};

// The table of numbers: some rows of each run; of a schedule, its corners.
function rows({ axes }, { steps: T, warm: W }, { runs, least, last, plan, along }) {
  const line = (cells, scope) => `<tr>${cells.map((cell, i) =>
    (i && scope === "row" ? `<td>${cell}</td>` : `<th scope="${scope}">${cell}</th>`)).join("")}</tr>`;
  if (plan) {
    const corners = [...new Set([0, 1, W - 1, W, W + 1, T - 1, T, T + 1])].filter((t) => t >= 0);
    const head = line(["finished steps t", "learning rate η"], "col");
    return head + corners.map((t) => line([t, num(plan.rate(t))], "row")).join("");
  }
  const shown = runs.length > 3 ? [] : [0, 1];
  const names = [...shown.map(($) => axes[$]), "above the minimum"];
  const head = runs.flatMap((run) => names.map((name) => `${run.title}: ${name}`));
  const cells = (run, i) => [...shown.map(($) => num(run.points[i][$])), above(run, least, i)];
  const row = (x) => line([x, ...runs.flatMap((run) => {
    const i = floor(x / run.each);
    return i > run.steps ? [...shown, 0].map(() => "–") : cells(run, i);
  })], "row");
  return line([along, ...head], "col") + [...new Set(range(11).map((k) => round((k * last) / 10)))].map(row).join("");
}

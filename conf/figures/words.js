// What a figure says of itself.
const above = (run, least, i) => num(max(0, run.heights[i] - least));
const end = (run) => run.heights[run.steps];
const isLost = (run) => run.ended || end(run) > run.heights[0];

// How the runs ended.
function outcome({ runs, least }, steps) {
  const said = runs
    .filter(isLost)
    .map(
      (run) =>
        `${run.title} ${
          run.ended
            ? `diverges and overflows at step ${run.ended}`
            : `climbs: its loss ends ${num(end(run) / run.heights[0])} times as high as it began`
        }. `,
    )
    .join("");
  const good = runs.filter((run) => !isLost(run)).sort((a, b) => end(a) - end(b)),
    [best] = good;
  if (!best) return said || "Choose who runs.";
  const who = runs.length > 1 ? `${best.title} is lowest,` : "the loss is";
  return `${said}After ${steps} steps ${who} ${above(best, least, best.steps)} above the minimum.`;
}

// The table of numbers: some rows of each run; of a schedule, its corners.
function rows({ axes }, { steps: T, warm: W }, { runs, least, last, plan, along }) {
  const line = (cells, scope) =>
    `<tr>${cells
      .map((cell, i) =>
        i && scope === "row" ? `<td>${cell}</td>` : `<th scope="${scope}">${cell}</th>`,
      )
      .join("")}</tr>`;
  if (plan) {
    const corners = [...new Set([0, 1, W - 1, W, W + 1, T - 1, T, T + 1])].filter((t) => t >= 0);
    const head = line(["finished steps t", "learning rate η"], "col");
    return head + corners.map((t) => line([t, num(plan.rate(t))], "row")).join("");
  }
  const shown = runs.length > 3 ? [] : [0, 1];
  const names = [...shown.map(($) => axes[$]), "above the minimum"];
  const head = runs.flatMap((run) => names.map((name) => `${run.title}: ${name}`));
  const cells = (run, i) => [...shown.map(($) => num(run.points[i][$])), above(run, least, i)];
  const row = (x) =>
    line(
      [
        x,
        ...runs.flatMap((run) => {
          const i = floor(x / run.each);
          return i > run.steps ? [...shown, 0].map(() => "–") : cells(run, i);
        }),
      ],
      "row",
    );
  return (
    line([along, ...head], "col") +
    [...new Set(range(11).map((k) => round((k * last) / 10)))].map(row).join("")
  );
}

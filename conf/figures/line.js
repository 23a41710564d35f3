// What figures of the line fit share.

// The line fit, on all its examples or on some rows of them.
function lineFit({ inputs, targets, ...about }) {
  const rows = range(targets.length);
  const score = ([slope, level], row) => slope * inputs[row] + level;
  const f = (theta) => sum(rows, (row) => LINE.cost(score(theta, row), targets[row])) / rows.length;
  const df = (theta, some = rows) => {
    const slopes = some.map((row) => LINE.slope(score(theta, row), targets[row]));
    return [
      slopes.reduce((sum, slope, i) => sum + slope * inputs[some[i]], 0),
      sum(slopes, (slope) => slope),
    ].map((total) => total / some.length);
  };
  return { ...about, n: rows.length, f, df };
}

// The gradient on the next mini-batch, each time it is asked for.
function sampled(problem, size, seed) {
  const deal = batches(problem.n, size, seed);
  return (theta) => problem.df(theta, deal.next().value);
}

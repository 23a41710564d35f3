// What compiled code needs: a point is an array of two numbers.
const { abs, ceil, cos, exp, floor, hypot, log, log10, log1p, max, min, pow, round, sign, sin, sqrt, PI } = Math;
const V = (each) => [each(0), each(1)];
const sq = (x) => x * x;
const sum = (list, each) => list.reduce((total, item) => total + each(item), 0);
function* clock(lr) {
  for (let t = 1; ; t++) yield [t, lr.call ? lr(t - 1) : lr];
}

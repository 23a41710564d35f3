// What compiled code needs: a point is an array of two numbers. M is Math under a name that the minifier does not know:
// it would write a root as a power, which need not round alike.
const M = Math;
const { abs, ceil, floor, hypot, log, log10, max, min, round } = M;
const V = (each) => [each(0), each(1)];
const sq = (x) => x * x;
const norm = ([x, y]) => M.sqrt(sq(x) + sq(y));
const sum = (list, each) => list.reduce((total, item) => total + each(item), 0);
function* clock(lr) {
  for (let t = 1; ; t++) yield [t, lr.call ? lr(t - 1) : lr];
}

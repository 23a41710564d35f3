// NumPy's random numbers (PCG64) and its shuffle, so that the browser deals the very batches that Python does.
const MASK = (1n << 64n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

function* words([state, inc]) {
  for ([state, inc] = [BigInt(state), BigInt(inc)]; ;) {
    state = BigInt.asUintN(128, state * MULTIPLIER + inc);
    const mixed = (state >> 64n) ^ (state & MASK),
      turn = state >> 122n;
    const word = BigInt.asUintN(64, (mixed >> turn) | (mixed << (64n - turn)));
    yield Number(word & 0xffffffffn);
    yield Number(word >> 32n);
  }
}

// Yield batch after batch of row numbers: shuffled data, dealt out epoch after epoch.
function* batches(n, size, seed) {
  const random = words(seed);
  for (;;) {
    const order = Array.from({ length: n }, (_, row) => row);
    for (let i = n - 1; i > 0; i--) {
      const mask = 2 ** (32 - Math.clz32(i)) - 1;
      let j;
      do j = random.next().value & mask;
      while (j > i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let first = 0; first < n; first += size) yield order.slice(first, first + size);
  }
}

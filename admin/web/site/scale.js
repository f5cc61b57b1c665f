// Scales that several charts share, so that equal heights are equal figures.

const decade = (value, round) => 10 ** round(Math.log10(value));

// The least and the greatest value (above zero if `logarithmic`) of columns; null if there is none.
export function extent(columns, logarithmic) {
  let least = Infinity;
  let most = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (value === null || (logarithmic && value <= 0)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return most === -Infinity ? null : [least, most];
}

// From zero to a round figure; from a power of ten to another if logarithmic.
export function sharedRange(found, { logarithmic, whole, binary }) {
  if (logarithmic) {
    if (!found) return [1, 1000];
    const low = decade(found[0], Math.floor);
    const high = decade(found[1], Math.ceil);
    return high > low ? [low, high] : [low, low * 10];
  }
  const least = whole ? 4 : binary ? 1024 : 1;
  const most = Math.max(found?.[1] ?? 0, least);
  const step = binary ? binaryStep(most) : decimalStep(most, whole);
  return [0, Math.ceil(most / step) * step];
}

function decimalStep(most, whole) {
  const rough = most / 4;
  const base = decade(rough, Math.floor);
  const step = [1, 2, 5, 10].find((factor) => base * factor >= rough) * base;
  return whole ? Math.max(1, Math.round(step)) : step;
}

const binaryStep = (most) => 2 ** Math.ceil(Math.log2(most / 4));

// Where the lines of the grid are, at most about one for every 26 pixels.
export function splits([low, high], { logarithmic, whole, binary }, pixels) {
  const most = Math.max(2, Math.floor(pixels / 26));
  if (!logarithmic) {
    let step = binary ? binaryStep(high) : decimalStep(high, whole);
    while (high / step > most) step *= 2;
    return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, i) => i * step);
  }
  const decades = Math.round(Math.log10(high / low));
  const stride = Math.ceil((decades + 1) / most);
  const lines = [];
  for (let i = 0; i <= decades; i += stride) lines.push(low * 10 ** i);
  return lines;
}

/** The Nelder-Mead simplex with its usual coefficients: enough for four parameters and a cost without derivatives. */
export function minimise(cost: (point: number[]) => number, start: number[], step: number, rounds: number): Vertex {
  const vertex = (point: number[]): Vertex => ({ point, cost: cost(point) });
  const dimensions = start.length;
  let simplex = [vertex(start), ...start.map((_, i) => vertex(start.map((x, j) => (i === j ? x + step : x))))];
  for (let round = 0; round < rounds; round++) {
    simplex.sort((a, b) => a.cost - b.cost);
    const best = simplex[0]!;
    const worst = simplex[dimensions]!;
    const middle = start.map((_, j) => simplex.slice(0, -1).reduce((sum, v) => sum + v.point[j]!, 0) / dimensions);
    const along = (t: number): Vertex => vertex(middle.map((x, j) => x + t * (worst.point[j]! - x)));
    const reflected = along(-1);
    if (reflected.cost < best.cost) {
      const expanded = along(-2);
      simplex[dimensions] = expanded.cost < reflected.cost ? expanded : reflected;
    } else if (reflected.cost < simplex[dimensions - 1]!.cost) {
      simplex[dimensions] = reflected;
    } else {
      const contracted = along(reflected.cost < worst.cost ? -0.5 : 0.5);
      if (contracted.cost < Math.min(reflected.cost, worst.cost)) simplex[dimensions] = contracted;
      else simplex = simplex.map((v) => vertex(best.point.map((x, j) => x + 0.5 * (v.point[j]! - x))));
    }
  }
  return simplex.reduce((least, v) => (v.cost < least.cost ? v : least));
}

export interface Vertex {
  point: number[];
  cost: number;
}

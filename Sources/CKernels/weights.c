// Weights of Winograd's minimal filtering: G w G^T, where row `p` of G evaluates a quadratic at point `p` and divides by
// the products of the distances between points.
#include "instances.h"

static const double wide[6][3] = {
#define A 0.625
#define B 1.5
#define ROW(P, N) {1 / (N), (P) / (N), (P) * (P) / (N)}
    ROW(0.0, A *A *B *B),
    ROW(A, 2 * A * A * (A * A - B * B)),
    ROW(-A, 2 * A * A * (A * A - B * B)),
    ROW(B, 2 * B * B * (B * B - A * A)),
    ROW(-B, 2 * B * B * (B * B - A * A)),
    {0, 0, 1},
};
static const double narrow[4][3] = {ROW(0.0, -1.0), ROW(1.0, 2.0), ROW(-1.0, 2.0), {0, 0, 1}};

void ck_winograd_weights(const float *weights, long inputs, long tile, float *transformed, long stride) {
  const long points = tile + 2;
  const double(*g)[3] = tile == 4 ? wide : narrow;
  for (long input = 0; input < inputs; input++) {
    const float *w = weights + input * 9;
    double half[6][3];
    for (long p = 0; p < points; p++) {
      for (long j = 0; j < 3; j++) half[p][j] = g[p][0] * w[j] + g[p][1] * w[3 + j] + g[p][2] * w[6 + j];
    }
    for (long p = 0; p < points; p++) {
      for (long q = 0; q < points; q++) {
        double value = half[p][0] * g[q][0] + half[p][1] * g[q][1] + half[p][2] * g[q][2];
        transformed[((p * points + q) * inputs + input) * stride] = (float)value;
      }
    }
  }
}

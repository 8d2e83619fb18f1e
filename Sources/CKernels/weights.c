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

enum { AT_ONCE = 8 };

/// Transforms the weights of at most AT_ONCE inputs; those that are missing count as 0.
static void transform_weights(
    const float *weights, float scale, long inputs, long tile, float *transformed, long pointStride, long stride) {
  const long points = tile + 2;
  const double(*g)[3] = tile == 4 ? wide : narrow;
  double w[9][AT_ONCE] = {{0}}, half[6][3][AT_ONCE];
  for (long i = 0; i < inputs; i++) {
    for (long k = 0; k < 9; k++) w[k][i] = weights[i * 9 + k] * scale;
  }
  for (long p = 0; p < points; p++) {
    for (long j = 0; j < 3; j++) {
      for (long i = 0; i < AT_ONCE; i++) {
        half[p][j][i] = g[p][0] * w[j][i] + g[p][1] * w[3 + j][i] + g[p][2] * w[6 + j][i];
      }
    }
  }
  for (long p = 0; p < points; p++) {
    for (long q = 0; q < points; q++) {
      float values[AT_ONCE];
      for (long i = 0; i < AT_ONCE; i++) {
        values[i] = (float)(half[p][0][i] * g[q][0] + half[p][1][i] * g[q][1] + half[p][2][i] * g[q][2]);
      }
      float *to = transformed + (p * points + q) * pointStride;
      for (long i = 0; i < inputs; i++) to[i * stride] = values[i];
    }
  }
}

void ck_winograd_weights(
    const float *weights, long outputStride, const float *scale, long outputs, long inputs, long tile,
    float *transformed, long stride) {
  // What is written of some inputs stays in the first cache from output to output.
  for (long input = 0; input < inputs; input += AT_ONCE) {
    long count = inputs - input < AT_ONCE ? inputs - input : AT_ONCE;
    for (long output = 0; output < outputs; output++) {
      transform_weights(
          weights + output * outputStride + input * 9, scale[output], count, tile,
          transformed + input * stride + output, inputs * stride, stride);
    }
  }
}

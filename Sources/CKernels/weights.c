// Weights as kernels take them.
//
// Of Winograd's minimal filtering: G w G^T, where row `p` of G evaluates the kernel's polynomial at point `p` and
// divides by the product of its distances to the other points; the last row takes the highest coefficient.
#include "instances.h"
#include "points.h"

enum { MOST_TAPS = 7, AT_ONCE = 8 };

static long smaller(long a, long b) { return a < b ? a : b; }

/// The matrix G of one axis.
typedef struct {
  long points;
  double rows[CK_MOST_POINTS][MOST_TAPS];
} Evaluation;

static Evaluation evaluation(long tile, long kernel) {
  Evaluation result = {.points = tile + kernel - 1};
  const long last = result.points - 1;
  result.rows[last][kernel - 1] = 1;
  for (long point = 0; point < last; point++) {
    const double p = point == 0 ? 0 : ck_point(last + 1, (point - 1) / 2) * (point % 2 == 1 ? 1 : -1);
    double distances = point == 0 ? 1 : 2 * p * p;
    for (long pair = 0; pair < last / 2; pair++) {
      const double q = ck_point(last + 1, pair);
      if (q * q != p * p) distances *= p * p - q * q;
    }
    double power = 1;
    for (long tap = 0; tap < kernel; tap++, power *= p) result.rows[point][tap] = power / distances;
  }
  return result;
}

/// Transforms the weights of at most AT_ONCE inputs; those that are missing count as 0.
static inline __attribute__((always_inline)) void transform_weights(
    const long kernelY, const long kernelX, const Evaluation *down, const Evaluation *across, const float *weights,
    float scale, long inputs, float *transformed, long pointStride, long stride) {
  double w[MOST_TAPS * MOST_TAPS][AT_ONCE] = {{0}}, half[MOST_TAPS][AT_ONCE];
  for (long i = 0; i < inputs; i++) {
    for (long k = 0; k < kernelY * kernelX; k++) w[k][i] = weights[i * kernelY * kernelX + k] * scale;
  }
  for (long p = 0; p < down->points; p++) {
    for (long x = 0; x < kernelX; x++) {
      for (long i = 0; i < AT_ONCE; i++) half[x][i] = down->rows[p][0] * w[x][i];
      for (long y = 1; y < kernelY; y++) {
        for (long i = 0; i < AT_ONCE; i++) half[x][i] += down->rows[p][y] * w[y * kernelX + x][i];
      }
    }
    for (long q = 0; q < across->points; q++) {
      double values[AT_ONCE];
      for (long i = 0; i < AT_ONCE; i++) values[i] = across->rows[q][0] * half[0][i];
      for (long x = 1; x < kernelX; x++) {
        for (long i = 0; i < AT_ONCE; i++) values[i] += across->rows[q][x] * half[x][i];
      }
      float *to = transformed + (p * across->points + q) * pointStride;
      for (long i = 0; i < inputs; i++) to[i * stride] = (float)values[i];
    }
  }
}

void ck_winograd_weights(
    const float *weights, long outputStride, const float *scale, long outputs, long inputs, const CKFiltering *filtering,
    float *transformed, long stride) {
  const long kernelY = filtering->kernelY, kernelX = filtering->kernelX;
  const Evaluation down = evaluation(filtering->tileY, kernelY), across = evaluation(filtering->tileX, kernelX);
  // What is written of some inputs stays in the first cache from output to output.
  for (long input = 0; input < inputs; input += AT_ONCE) {
    long count = smaller(inputs - input, AT_ONCE);
    for (long output = 0; output < outputs; output++) {
      const float *from = weights + output * outputStride + input * kernelY * kernelX;
      float *to = transformed + input * stride + output;
      // Constants for the kernel that is by far the most frequent.
      if (kernelY == 3 && kernelX == 3) {
        transform_weights(3, 3, &down, &across, from, scale[output], count, to, inputs * stride, stride);
      } else {
        transform_weights(kernelY, kernelX, &down, &across, from, scale[output], count, to, inputs * stride, stride);
      }
    }
  }
}

/// A matrix of weights, `inputs` by `outputs`; what lies outside of it is 0.
typedef struct {
  const float *weights, *scale;
  long outputStride, inputStride, outputs, inputs;
} Matrix;

static double weight_at(const Matrix *matrix, long input, long output) {
  if (input >= matrix->inputs || output >= matrix->outputs) return 0;
  return (double)matrix->weights[output * matrix->outputStride + input * matrix->inputStride] * matrix->scale[output];
}

/// The factors of a slice's seven products for one panel, in the order in which chains take them.
static float *pack_quarters(
    const Matrix *matrix, long first, long count, long partners, long half, long left, long right, long width,
    float *to) {
  const long lengths[] = {count, partners, count, count, partners, count, count};
  float *parts[7];
  for (int part = 0; part < 7; part++) {
    parts[part] = to;
    to += lengths[part] * width * width * 2;
  }
  // What is written of some inputs stays in the first cache from output to output.
  for (long start = 0; start < count * width; start += AT_ONCE) {
    const long end = smaller(start + AT_ONCE, count * width);
    for (long lane = 0; lane < 2 * width; lane++) {
      for (long own = start; own < end; own++) {
        const long input = first * width + own, partner = half * width + input;
        const double b11 = weight_at(matrix, input, left + lane), b12 = weight_at(matrix, input, right + lane);
        const double b21 = weight_at(matrix, partner, left + lane), b22 = weight_at(matrix, partner, right + lane);
        const double t1 = b12 - b11, t2 = b22 - t1;
        const double values[] = {b11, b21, t2, b22 - b12, b21 - t2, t1, b22};
        for (int part = 0; part < 7; part++) {
          if (own < lengths[part] * width) parts[part][own * 2 * width + lane] = (float)values[part];
        }
      }
    }
  }
  return to;
}

long ck_strassen_weight_count(long outputs, long inputs, long width) {
  const long panels = (outputs + 4 * width - 1) / (4 * width), inputBlocks = (inputs + width - 1) / width;
  const long pairs = (inputBlocks + 1) / 2, panel = (5 * pairs + 2 * (inputBlocks - pairs)) * 2;
  return panels * panel * width * width;
}

void ck_strassen_weights(
    const float *weights, long outputStride, long inputStride, const float *scale, long outputs, long inputs,
    long pairsPerSlice, long width, float *packed) {
  const Matrix matrix = {weights, scale, outputStride, inputStride, outputs, inputs};
  const long panels = (outputs + 4 * width - 1) / (4 * width), inputBlocks = (inputs + width - 1) / width;
  const long pairs = (inputBlocks + 1) / 2, partners = inputBlocks - pairs;
  for (long first = 0; first < pairs; first += pairsPerSlice) {
    const long last = smaller(first + pairsPerSlice, pairs), end = smaller(last, partners);
    for (long panel = 0; panel < panels; panel++) {
      const long left = panel * 2 * width, right = left + panels * 2 * width;
      packed = pack_quarters(&matrix, first, last - first, end - first, pairs, left, right, width, packed);
    }
  }
}

// Functions of each element, against float64, over the whole range of arguments; and their order in an epilogue.
#include "harness.h"

typedef struct {
  CKPointFunction function;
  const char *name;
  double a, b;
} Case;

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }

static double definition(const Case *point, double x, double y, double z) {
  const double a = point->a, b = point->b;
  switch (point->function) {
  case CKPointClamp: return fmin(fmax(x, a), b);
  case CKPointLeaky: return x >= 0 ? x : a * x;
  case CKPointThreshold: return x > a ? x : 0;
  case CKPointSigmoid: return sigmoid(x);
  case CKPointHardSigmoid: return fmin(fmax(a * x + b, 0), 1);
  case CKPointTanh: return tanh(x);
  case CKPointSilu: return x * sigmoid(x);
  case CKPointHardSwish: return x * fmin(fmax(x / 6 + 0.5, 0), 1);
  case CKPointGelu: return x * (1 + erf(x / sqrt(2))) / 2;
  case CKPointGeluTanh: return x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))) / 2;
  case CKPointMish: return x * tanh(softplus(x));
  case CKPointSoftplus: return softplus(x);
  case CKPointSoftsign: return x / (1 + fabs(x));
  case CKPointElu: return b * (x >= 0 ? x : a * expm1(x));
  case CKPointCelu: return x >= 0 ? x : a * expm1(x / a);
  case CKPointExponential: return exp(x);
  case CKPointSquareRoot: return sqrt(x);
  case CKPointErf: return erf(x);
  case CKPointAffine: return a * x + b;
  case CKPointAdd: return x + y;
  case CKPointSubtract: return x - y;
  case CKPointSubtractFrom: return y - x;
  case CKPointMultiply: return x * y;
  case CKPointDivide: return x / y;
  case CKPointDivideInto: return y / x;
  case CKPointMinimum: return fmin(x, y);
  case CKPointMaximum: return fmax(x, y);
  case CKPointMultiplyAdd: return fmin(fmax(x * y + z, a), b);
  case CKPointLeakyBy: return x >= 0 ? x : x * y;
  }
  return NAN;
}

static const Case cases[] = {
    {CKPointClamp, "clamp", -1, 2}, {CKPointLeaky, "leaky", 0.25, 0}, {CKPointThreshold, "threshold", 0.5, 0},
    {CKPointSigmoid, "sigmoid", 0, 0}, {CKPointHardSigmoid, "hard sigmoid", 0.25, 0.5}, {CKPointTanh, "tanh", 0, 0},
    {CKPointSilu, "silu", 0, 0}, {CKPointHardSwish, "hard swish", 0, 0}, {CKPointGelu, "gelu", 0, 0},
    {CKPointGeluTanh, "gelu by tanh", 0, 0}, {CKPointMish, "mish", 0, 0}, {CKPointSoftplus, "softplus", 0, 0},
    {CKPointSoftsign, "softsign", 0, 0}, {CKPointElu, "elu", 1.5, 1.25}, {CKPointCelu, "celu", 2, 0},
    {CKPointExponential, "exponential", 0, 0}, {CKPointSquareRoot, "square root", 0, 0}, {CKPointErf, "erf", 0, 0},
    {CKPointAffine, "affine", 3, -1}, {CKPointAdd, "add", 0, 0}, {CKPointSubtract, "subtract", 0, 0},
    {CKPointSubtractFrom, "subtract from", 0, 0}, {CKPointMultiply, "multiply", 0, 0}, {CKPointDivide, "divide", 0, 0},
    {CKPointDivideInto, "divide into", 0, 0}, {CKPointMinimum, "minimum", 0, 0}, {CKPointMaximum, "maximum", 0, 0},
    {CKPointMultiplyAdd, "multiply and add", -1.5, 1}, {CKPointLeakyBy, "leaky by", 0, 0},
};

static void check_function(const CKKernels *kernels, const Case *point, long pixels) {
  const long W = kernels->width, batch = 2, blocks = 2, floats = batch * blocks * pixels * W;
  float *input = numbers(floats), *y = numbers(floats), *z = numbers(floats), *output = unwritten(floats);
  for (long i = 0; i < floats; i++) {
    // Small ones, usual ones, and those at which exponentials overflow.
    static const float scales[] = {1e-20f, 1e-3f, 1, 10, 200};
    input[i] *= scales[dice(0, 4)];
    if (point->function == CKPointSquareRoot) input[i] = fabsf(input[i]);
  }
  CKPointOperation operation = {
      .function = point->function, .a = (float)point->a, .b = (float)point->b, .operand = y, .addend = z,
      .batchStride = blocks * pixels * W, .blockStride = pixels * W, .pixelStride = W};
  CKPointwise arguments = {
      .input = input, .output = output, .batch = batch, .blocks = blocks, .pixels = pixels,
      .inputBatch = blocks * pixels * W, .outputBatch = blocks * pixels * W, .pixelsPerJob = dice(1, pixels),
      .epilogue = {-INFINITY, INFINITY, &operation, 1}};
  run_jobs(kernels->pointwise, &arguments, ck_pointwise_jobs(&arguments), 0);
  for (long i = 0; i < floats; i++) {
    double expected = definition(point, input[i], y[i], z[i]);
    if (fabs(expected) > 3.4e38) expected = copysign(INFINITY, expected);
    double tolerance = 4e-7 * fabs(expected) + 3e-7 * fmin(fabs(input[i]), 1) + 1e-37;
    if (point->function == CKPointGeluTanh || point->function == CKPointGelu) tolerance += 3e-7 * fabs(input[i]);
    if (point->function >= CKPointAffine) tolerance += 1e-6 * (1 + fabs(input[i]));
    expect_near(output[i], expected, tolerance, "%s of %.9g", point->name, input[i]);
  }
  free(input), free(y), free(z), free(output);
}

void check_points(const CKKernels *kernels) {
  for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
    check_function(kernels, &cases[index], dice(1, 9));
    check_function(kernels, &cases[index], dice(257, 600));
  }
}

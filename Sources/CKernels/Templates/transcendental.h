// Functions by polynomials; the coefficients are least maximum-error fits over the intervals named.

INLINE vector absolute(vector x) { return __builtin_elementwise_abs(x); }

/// exp x as 2^n * (1 + result.low) with |x - n log 2| <= log 2 / 2.
typedef struct {
  integers exponent;
  vector remainder;
} reduced;

INLINE reduced reduce_exponential(vector x) {
  vector n = __builtin_elementwise_roundeven(x * 0x1.715476p+0f);
  vector r = x - n * 0x1.62e4p-1f;
  r = r - n * 0x1.7f7d1cp-20f;
  vector p = r * 0x1.a17f54p-13f + 0x1.6d444ep-10f;
  p = p * r + 0x1.1110aap-7f;
  p = p * r + 0x1.5554e8p-5f;
  p = p * r + 0x1.555556p-3f;
  p = p * r + 0.5f;
  return (reduced){__builtin_convertvector(n, integers), p * (r * r) + r};
}

/// 2^n for n in -126 ... 127.
INLINE vector power_of_two(integers n) { return (vector)((n + 127) << 23); }

/// Error below 2 ulp; underflows gradually, overflows to infinity.
INLINE vector exponential(vector x) {
  reduced parts = reduce_exponential(clamp(x, -104.0f, 89.0f));
  integers half = parts.exponent >> 1;
  return (parts.remainder + 1.0f) * power_of_two(half) * power_of_two(parts.exponent - half);
}

/// exp x for x in -86 ... 88, whose results have full precision: error about 1 ulp, half the work of the general one.
INLINE vector bounded_exponential(vector x) {
  // The sum's last bits are the nearest integer.
  const float shift = 0x1.8p+23f;
  vector shifted = x * 0x1.715476p+0f + shift;
  vector n = shifted - shift;
  vector r = x - n * 0x1.62e4p-1f;
  r = r - n * 0x1.7f7d1cp-20f;
  // Pairs of terms side by side: a chain of steps one after the other would be waited for.
  vector rr = r * r;
  vector high = rr * 0x1.6a23dp-10f + (r * 0x1.123a2p-7f + 0x1.5558f2p-5f);
  vector p = (high * rr + (r * 0x1.555492p-3f + 0x1.fffffcp-2f)) * rr + (r + 1.0f);
  return (vector)((integers)p + ((integers)shifted << 23));
}

/// exp x - 1 for x <= 0, precise near 0.
INLINE vector exponential_minus_one(vector x) {
  reduced parts = reduce_exponential(clamp(x, -80.0f, 0.0f));
  vector power = power_of_two(parts.exponent);
  return power * parts.remainder + (power - 1.0f);
}

/// log(1 + u) for u in 0 ... 1: 2 artanh(u / (2 + u)).
INLINE vector logarithm_of_one_and(vector u) {
  vector s = u / (u + 2.0f);
  vector z = s * s;
  vector p = z * 0x1.f438bcp-4f + 0x1.b61108p-4f;
  p = p * z + 0x1.251458p-3f;
  p = p * z + 0x1.999622p-3f;
  p = p * z + 0x1.55555ap-2f;
  vector twice = s + s;
  return p * z * twice + twice;
}

/// log x for a positive x that is no subnormal; the error is a few ulp of the larger of log x and 1.
INLINE vector logarithm(vector x) {
  integers bits = (integers)x;
  integers exponent = ((bits >> 23) & 255) - 127;
  vector mantissa = (vector)((bits & 0x7fffff) | (127 << 23));
  return __builtin_convertvector(exponent, vector) * 0x1.62e43p-1f + logarithm_of_one_and(mantissa - 1.0f);
}

/// The magnitude of `x` with the sign of `y`.
INLINE vector with_sign(vector x, vector y) {
  integers sign = (integers)(int)0x80000000;
  return merge(sign, y, x);
}

/// exp -x, cut off where 1 + exp -x no longer changes or its reciprocal is next to nothing.
INLINE vector falling_exponential(vector x) { return bounded_exponential(clamp(-x, -86.0f, 87.0f)); }

INLINE vector sigmoid(vector x) { return 1.0f / (falling_exponential(x) + 1.0f); }

/// x times the normal distribution's integral below x: max(x, 0) - |x| Q(|x|), with log Q by a polynomial.
INLINE vector gelu(vector x) {
  vector t = least(absolute(x), all(5.5f));
  vector tt = t * t, t4 = tt * tt;
  vector high = (t * -0x1.01e458p-19f + 0x1.c12006p-16f) * tt + (t * -0x1.095bbep-13f + -0x1.a8147ap-14f);
  vector low = (t * 0x1.416934p-8f + -0x1.2a2326p-5f) * tt + (t * -0x1.45ef8ap-2f + -0x1.98847ap-1f);
  vector q = (high * t4 + low) * t + -0x1.62e43p-1f;
  return greatest(x, all(0)) - absolute(x) * bounded_exponential(q);
}

INLINE vector hyperbolic_tangent(vector x) {
  vector z = x * x;
  vector p = z * -0x1.856e24p-8f + 0x1.563f66p-6f;
  p = p * z + -0x1.b8f55p-5f;
  p = p * z + 0x1.110d52p-3f;
  p = p * z + -0x1.555552p-2f;
  vector near = p * z * x + x;
  vector far = 1.0f - 2.0f / (bounded_exponential(least(2.0f * absolute(x), all(40.0f))) + 1.0f);
  return choose(absolute(x) < 0.65f, near, with_sign(far, x));
}

/// Below 1 an odd polynomial, beyond 1 - exp(polynomial).
INLINE vector error_function(vector x) {
  vector z = x * x;
  vector p = z * -0x1.44cfaep-17f + 0x1.d8b886p-14f;
  p = p * z + -0x1.bcd7dep-11f;
  p = p * z + 0x1.562b1ap-8f;
  p = p * z + -0x1.b829d8p-6f;
  p = p * z + 0x1.ce2f0ap-4f;
  p = p * z + -0x1.812746p-2f;
  p = p * z + 0x1.20dd76p+0f;
  vector t = least(absolute(x), all(4.1f));
  vector q = t * -0x1.6bd906p-16f + 0x1.cec6ep-12f;
  q = q * t + -0x1.138d04p-8f;
  q = q * t + 0x1.9d0338p-6f;
  q = q * t + -0x1.bc152cp-4f;
  q = q * t + -0x1.443564p-1f;
  q = q * t + -0x1.212c0ep+0f;
  q = q * t + 0x1.8a5c54p-13f;
  return choose(absolute(x) < 1.0f, p * x, with_sign(1.0f - bounded_exponential(q), x));
}

INLINE vector softplus(vector x) {
  return greatest(x, all(0)) + logarithm_of_one_and(bounded_exponential(greatest(-absolute(x), all(-86.0f))));
}

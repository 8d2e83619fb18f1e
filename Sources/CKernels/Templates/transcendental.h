// Functions by polynomials; the coefficients are least maximum-error fits over the intervals named. Errors are the greatest
// over all exponents, in units in the last place (ulp), with fused products and sums; those marked * grow to 10 ulp at -10
// where a processor has none.

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

/// A product that is not taken yet: it can be fused with the sum that follows.
typedef struct {
  vector mantissa, power;
} factors;

/// exp(sign * x) for x in -87 ... 87 and a sign of 1 or -1; the error is 2 ulp near 0 and 4 at the ends*.
INLINE factors bounded_exponential(vector x, const float sign) {
  // The sum's last bits are the nearest integer and the bias of exponents.
  const float shift = 0x1.8p+23f + 127.0f;
  vector shifted = x * (sign * 0x1.715476p+0f) + shift;
  vector n = shifted - shift, y = x * sign;
  vector r = y - n * 0x1.62e43p-1f;
  // Pairs of terms side by side: a chain of steps one after the other would be waited for.
  vector rr = r * r;
  vector p = (r * 0x1.1062f8p-7f + 0x1.572a24p-5f) * rr + (r * 0x1.5557aep-3f + 0x1.fffdfcp-2f);
  return (factors){p * rr + (r + 1.0f), (vector)((integers)shifted << 23)};
}

INLINE vector product(factors x) { return x.mantissa * x.power; }

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

/// 1 + exp -x, cut off where that no longer changes or its reciprocal is next to nothing.
INLINE vector one_and_falling_exponential(vector x) {
  factors e = bounded_exponential(clamp(x, -87.0f, 87.0f), -1.0f);
  return product(e) + 1.0f;
}

/// Error 3.1 ulp above -10*.
INLINE vector sigmoid(vector x) { return 1.0f / one_and_falling_exponential(x); }

/// Error 3.3 ulp above -10*, 1.5 ulp of x everywhere.
INLINE vector silu(vector x) { return x / one_and_falling_exponential(x); }

/// x (1 + tanh u) / 2 = x / (1 + exp -2u) with u = sqrt(2 / pi) (x + 0.044715 x^3); error 1.5 ulp of x.
INLINE vector gelu_by_tangent(vector x) {
  vector twice = (x * x * 0x1.2444f2p-4f + 0x1.988454p+0f) * x;
  return x / one_and_falling_exponential(twice);
}

/// x tanh(log(1 + exp x)), where with w = exp x (exp x + 2) the tangent is w / (w + 2); error 4.5 ulp
/// above -10*.
INLINE vector mish(vector x) {
  factors e = bounded_exponential(clamp(x, -87.0f, 40.0f), 1.0f);
  vector power = product(e);
  vector w = power * power + 2.0f * power;
  return x * (w / (w + 2.0f));
}

/// log(1 + exp x); error 3.2 ulp above -10*.
INLINE vector softplus(vector x) {
  factors e = bounded_exponential(least(absolute(x), all(87.0f)), -1.0f);
  return greatest(x, all(0)) + logarithm_of_one_and(product(e));
}

/// The magnitude of `x` with the sign of `y`.
INLINE vector with_sign(vector x, vector y) {
  integers sign = (integers)(int)0x80000000;
  return merge(sign, y, x);
}

/// x times the normal distribution's integral below x: max(x, 0) - |x| Q(|x|), with log Q by a polynomial; error 1.6 ulp
/// of x.
INLINE vector gelu(vector x) {
  vector t = least(absolute(x), all(5.5f));
  vector tt = t * t, t4 = tt * tt;
  vector high = (t * -0x1.01e458p-19f + 0x1.c12006p-16f) * tt + (t * -0x1.095bbep-13f + -0x1.a8147ap-14f);
  vector low = (t * 0x1.416934p-8f + -0x1.2a2326p-5f) * tt + (t * -0x1.45ef8ap-2f + -0x1.98847ap-1f);
  vector q = (high * t4 + low) * t + -0x1.62e43p-1f;
  return greatest(x, all(0)) - t * product(bounded_exponential(q, 1.0f));
}

/// Error 1.5 ulp.
INLINE vector hyperbolic_tangent(vector x) {
  vector z = x * x;
  vector p = z * -0x1.856e24p-8f + 0x1.563f66p-6f;
  p = p * z + -0x1.b8f55p-5f;
  p = p * z + 0x1.110d52p-3f;
  p = p * z + -0x1.555552p-2f;
  vector near = p * z * x + x;
  vector far = 1.0f - 2.0f / (product(bounded_exponential(least(2.0f * absolute(x), all(40.0f)), 1.0f)) + 1.0f);
  return choose(absolute(x) < 0.65f, near, with_sign(far, x));
}

/// Below 1 an odd polynomial, beyond 1 - exp(polynomial); error 2.4 ulp.
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
  return choose(absolute(x) < 1.0f, p * x, with_sign(1.0f - product(bounded_exponential(q, 1.0f)), x));
}

// Functions by polynomials and their quotients; the coefficients are least maximum-error fits over the intervals named.
// Errors are the greatest over all exponents, in units in the last place (ulp), with fused products and sums; those
// marked * grow to 10 ulp at -10 where a processor has none. A quotient is as good as a few products: the division runs
// beside them.

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
  return e.mantissa * e.power + 1.0f;
}

/// Error 3.0 ulp above -10*.
INLINE vector sigmoid(vector x) { return 1.0f / one_and_falling_exponential(x); }

/// Error 3.0 ulp above -10*, 1.4 ulp of x everywhere.
INLINE vector silu(vector x) { return x / one_and_falling_exponential(x); }

/// x (1 + tanh u) / 2 = x / (1 + exp -2u) with u = sqrt(2 / pi) (x + 0.044715 x^3); error 1.5 ulp of x.
INLINE vector gelu_by_tangent(vector x) {
  vector twice = (x * x * 0x1.2444f2p-4f + 0x1.988454p+0f) * x;
  return x / one_and_falling_exponential(twice);
}

/// x tanh(log(1 + exp x)), where with w = exp x (exp x + 2) the tangent is w / (w + 2); error 3.8 ulp
/// above -10*.
INLINE vector mish(vector x) {
  factors e = bounded_exponential(clamp(x, -87.0f, 40.0f), 1.0f);
  vector power = e.mantissa * e.power;
  vector w = power * power + 2.0f * power;
  return x * (w / (w + 2.0f));
}

/// log(1 + exp x); error 3.2 ulp above -10*.
INLINE vector softplus(vector x) {
  factors e = bounded_exponential(least(absolute(x), all(87.0f)), -1.0f);
  return greatest(x, all(0)) + logarithm_of_one_and(e.mantissa * e.power);
}

// Odd functions that become level: x times a quotient of polynomials of x^2, scaled so that one coefficient is 1.

/// Error 2.7 ulp below 1/2, 4.3 ulp (2.2 of 1) towards 1.
INLINE vector hyperbolic_tangent(vector x) {
  vector y = clamp(x, -9.0f, 9.0f);
  vector z = y * y;
  vector p = z * 0x1.195cdcp-6f + 0x1.a8064cp+4f;
  p = p * z + 0x1.18f06cp+12f;
  p = p * z + 0x1.50123ap+17f;
  p = p * z + 0x1.39f196p+20f;
  vector q = z + 0x1.a68132p+8f;
  q = q * z + 0x1.03f724p+15f;
  q = q * z + 0x1.255042p+19f;
  q = q * z + 0x1.39f196p+20f;
  return clamp(p * y / q, -1.0f, 1.0f);
}

/// Error 3.2 ulp below 1/2, 4 ulp (2 of 1) towards 1.
INLINE vector error_function(vector x) {
  vector y = clamp(x, -3.92f, 3.92f);
  vector z = y * y;
  vector p = z * 0x1.b8e3d4p-5f + 0x1.dea652p+2f;
  p = p * z + 0x1.8b6ea6p+6f;
  p = p * z + 0x1.5a3266p+10f;
  p = p * z + 0x1.386ab4p+12f;
  p = p * z + 0x1.cedad2p+14f;
  vector q = z + 0x1.e850dcp+4f;
  q = q * z + 0x1.88fb3ep+8f;
  q = q * z + 0x1.767506p+11f;
  q = q * z + 0x1.9be606p+13f;
  q = q * z + 0x1.9a31c2p+14f;
  return clamp(p * y / q, -1.0f, 1.0f);
}

/// x times the normal distribution's integral below x, by 1/2 and an odd function; error 2.8 ulp of x.
INLINE vector gelu(vector x) {
  // Of the bounds near 5.2 one at which the fused sum with 1/2 is 1e-13: nothing is left of large negative numbers.
  const float bound = 0x1.4e6344p+2f;
  vector y = clamp(x, -bound, bound);
  vector z = y * y;
  vector p = z * 0x1.7a60a4p+3f + 0x1.426458p+9f;
  p = p * z + 0x1.5027eap+13f;
  p = p * z + 0x1.7fe5a8p+16f;
  p = p * z + 0x1.6fa722p+19f;
  vector q = z + 0x1.ce8b6ap+7f;
  q = q * z + 0x1.51c89ap+12f;
  q = q * z + 0x1.1e470ep+16f;
  q = q * z + 0x1.11dfcap+19f;
  q = q * z + 0x1.ccc8fap+20f;
  return x * (p / q * y + 0.5f);
}

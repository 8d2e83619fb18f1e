// The points at which Winograd's filtering interpolates along an axis: 0, pairs +-p, and infinity. Of fractions that cost
// no bits, those with the least error on random sums; Benchmarks/filtering_points.py prints it.
#ifndef CONVSCOPE_POINTS_H
#define CONVSCOPE_POINTS_H

enum { CK_MOST_POINTS = 10, CK_MOST_PAIRS = 4 };

/// The positive point of a pair, of `points` in all: 4, 6 or 10.
static inline double ck_point(long points, long pair) {
  const double six[] = {0.625, 1.5}, ten[] = {0.375, 0.75, 1.25, 2.5};
  return points == 4 ? 1.0 : points == 6 ? six[pair] : ten[pair];
}

#endif

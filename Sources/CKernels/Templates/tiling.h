// Windows that slide along a line: tiles of neighbouring outputs that share what they read.

/// The most outputs in a tile, taps in a run and columns that both need.
enum { MOST_OUTPUTS = 8, MOST_TAPS = 7, MOST_COLUMNS = 21 };

/// A tile is `outputs` neighbours of a line. It reads columns that are `unit` apart, each once for a run of `taps`
/// neighbouring taps; outputs are `stride` such columns apart. Every number may be a constant.
typedef struct {
  long outputs, channels, taps, runs, stride, unit;
} Tiling;

INLINE long columns_of(const Tiling tiling) { return (tiling.outputs - 1) * tiling.stride + tiling.taps; }

/// Which of a tile's columns lie on a map of `width`, the first of them at `x`: a bit for each.
INLINE unsigned long columns_inside(const Tiling tiling, long x, long width) {
  const long columns = columns_of(tiling);
  long first = smaller(divide_up(larger(0, -x), tiling.unit), columns);
  long end = smaller(divide_up(larger(0, width - x), tiling.unit), columns);
  return ((1ul << end) - 1) >> first << first;
}

/// Runs `ADD` with the columns inside the map, as a constant where the tile meets no edge or the usual ones.
#define WITH_COLUMNS_INSIDE(TILING, INSIDE, ADD)                                                             \
  do {                                                                                                       \
    const unsigned long all = (1ul << columns_of(TILING)) - 1, edge = (TILING).taps / 2;                     \
    if (INSIDE == all) {                                                                                     \
      ADD(all);                                                                                              \
    } else if (INSIDE == all >> edge << edge) {                                                              \
      ADD(all >> edge << edge);                                                                              \
    } else if (INSIDE == all >> edge) {                                                                      \
      ADD(all >> edge);                                                                                      \
    } else if (INSIDE == all >> 2 * edge << edge) {                                                          \
      ADD(all >> 2 * edge << edge);                                                                          \
    } else {                                                                                                 \
      ADD(INSIDE);                                                                                           \
    }                                                                                                        \
  } while (0)

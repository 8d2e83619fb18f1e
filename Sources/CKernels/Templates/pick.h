// Elements to other places by tables: a job is one index of the first axis.

/// `unit` floats.
INLINE void copy_unit(const long unit, const float *from, float *to) {
  long i = 0;
  for (; i + W <= unit; i += W) store(to + i, load(from + i));
  for (; i < unit; i++) to[i] = from[i];
}

/// The last axis; `unit` is a constant where it is passed as such.
INLINE void pick_line(const CKPicking *map, const long unit, const float *from, float *to, int isInside) {
  const long last = map->axes - 1;
  const long *sources = map->from[last], *targets = map->to[last];
  for (long i = 0; i < map->sizes[last]; i++) {
    if (isInside && sources[i] != CK_NOWHERE) {
      copy_unit(unit, from + sources[i], to + targets[i]);
    } else {
      for (long k = 0; k < unit; k++) to[targets[i] + k] = map->fill;
    }
  }
}

static void pick(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKPicking *map = context;
  const long last = map->axes - 1;
  // The last axis begins at 0 for a walk over all others; the first is the job's.
  long index[CK_MOST_AXES] = {0};
  if (last == 0) {
    long source = map->from[0][job];
    for (long k = 0; k < map->unit; k++) {
      map->output[map->to[0][job] + k] = source == CK_NOWHERE ? map->fill : map->input[source + k];
    }
    return;
  }
  index[0] = job;
  for (;;) {
    long from = 0, to = 0;
    int isInside = 1;
    for (long axis = 0; axis < last; axis++) {
      long source = map->from[axis][index[axis]];
      if (source == CK_NOWHERE) {
        isInside = 0;
      } else {
        from += source;
      }
      to += map->to[axis][index[axis]];
    }
    const float *input = map->input + from;
    float *output = map->output + to;
    if (map->unit == 1) {
      pick_line(map, 1, input, output, isInside);
    } else if (map->unit == W) {
      pick_line(map, W, input, output, isInside);
    } else {
      pick_line(map, map->unit, input, output, isInside);
    }
    long axis = last - 1;
    while (axis > 0 && ++index[axis] == map->sizes[axis]) index[axis--] = 0;
    if (axis <= 0) return;
  }
}

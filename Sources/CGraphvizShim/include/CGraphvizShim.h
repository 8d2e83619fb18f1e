#ifndef CGRAPHVIZ_SHIM_H
#define CGRAPHVIZ_SHIM_H

/// Lays out one DOT document with Graphviz's `dot` engine and returns the geometry as text.
///
/// On success returns 0 and sets `*geometry` to lines of tab-separated fields, in points, y upwards:
///
///     graph   BOUNDING_BOX
///     cluster NAME BOUNDING_BOX
///     node    NAME X,Y
///     edge    ID SPLINE          (ID is the edge's own `id` attribute)
///
/// The boxes, points and splines are Graphviz's `bb` and `pos` attributes. Names and ids must hold no tab or newline.
/// On failure returns 1 and sets `*message` to Graphviz's own words. Whatever was set belongs to the caller, who frees
/// it with `convscope_graphviz_free`; the other pointer is null.
///
/// The document is one graph with nothing behind it. One that ends inside a string or a comment is refused, but leaves
/// Graphviz's reader there for the next call; text from `DOTDocument` never does.
///
/// Graphviz keeps global state: calls must not overlap. Graph, layout and context are freed on every path, and
/// Graphviz's messages go to `*message`, not to standard error; only its path planner prints a line there by itself
/// when it cannot route an edge (seven in 30,000 layouts of random boxes), which then has an empty spline.
int convscope_graphviz_layout(const char *dot, char **geometry, char **message);

/// Frees text returned by `convscope_graphviz_layout`; null is allowed.
void convscope_graphviz_free(char *text);

#endif

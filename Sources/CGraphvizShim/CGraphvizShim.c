#include "CGraphvizShim.h"

#include <graphviz/gvc.h>
#include <graphviz/cgraph.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/// A growing text; `failed` is set, and stays set, once memory runs out.
typedef struct {
  char *bytes;
  size_t count;
  size_t capacity;
  bool failed;
} Text;

static void append(Text *text, const char *addition) {
  const size_t length = strlen(addition);
  if (text->failed) return;
  if (text->count + length + 1 > text->capacity) {
    const size_t capacity = 2 * (text->count + length + 1);
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL) {
      text->failed = true;
      return;
    }
    text->bytes = bytes;
    text->capacity = capacity;
  }
  memcpy(text->bytes + text->count, addition, length + 1);
  text->count += length;
}

/// What Graphviz has said during the current call; its error callback carries no context of its own.
static Text messages;

enum { longest_message = 2000 };

static int keep_message(char *message) {
  if (messages.count < longest_message) append(&messages, message);
  return 0;
}

static const char *attribute(void *object, char *name) {
  const char *value = agget(object, name);
  return value == NULL ? "" : value;
}

static void append_line(Text *text, const char *kind, const char *name, const char *value) {
  append(text, kind);
  if (name != NULL) {
    append(text, "\t");
    append(text, name);
  }
  append(text, "\t");
  append(text, value);
  append(text, "\n");
}

static void append_clusters(Text *text, Agraph_t *graph) {
  for (Agraph_t *inner = agfstsubg(graph); inner != NULL; inner = agnxtsubg(inner)) {
    if (strncmp(agnameof(inner), "cluster", strlen("cluster")) == 0) {
      append_line(text, "cluster", agnameof(inner), attribute(inner, "bb"));
    }
    append_clusters(text, inner);
  }
}

static void append_geometry(Text *text, Agraph_t *graph) {
  append_line(text, "graph", NULL, attribute(graph, "bb"));
  append_clusters(text, graph);
  for (Agnode_t *node = agfstnode(graph); node != NULL; node = agnxtnode(graph, node)) {
    append_line(text, "node", agnameof(node), attribute(node, "pos"));
    for (Agedge_t *edge = agfstout(graph, node); edge != NULL; edge = agnxtout(graph, edge)) {
      append_line(text, "edge", attribute(edge, "id"), attribute(edge, "pos"));
    }
  }
}

/// Lays out `dot` into `text`; returns false where Graphviz refused it.
static bool layout(const char *dot, Text *text) {
  bool succeeded = false;
  GVC_t *context = gvContext();
  if (context == NULL) return false;
  Agraph_t *graph = agmemread(dot);
  if (graph != NULL) {
    if (gvLayout(context, graph, "dot") == 0) {
      attach_attrs(graph);
      append_geometry(text, graph);
      succeeded = !text->failed;
    }
    // Also after a failed layout: it leaves parts of its work attached to the graph.
    gvFreeLayout(context, graph);
    agclose(graph);
  }
  gvFreeContext(context);
  return succeeded;
}

int convscope_graphviz_layout(const char *dot, char **geometry, char **message) {
  *geometry = NULL;
  *message = NULL;
  messages = (Text){0};
  Text text = {0};
  const agusererrf previous = agseterrf(keep_message);
  const bool succeeded = layout(dot, &text);
  agseterrf(previous);
  if (succeeded) {
    free(messages.bytes);
    *geometry = text.bytes;
  } else {
    free(text.bytes);
    *message = messages.bytes;
  }
  messages = (Text){0};
  return succeeded ? 0 : 1;
}

void convscope_graphviz_free(char *text) { free(text); }

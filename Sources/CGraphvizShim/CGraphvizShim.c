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

// Graphviz up to 2.49 numbers named objects by where their names lie in memory and visits subgraphs by number, so that
// equal documents are laid out differently from run to run. Here named subgraphs are numbered in the order they come;
// everything else keeps the numbers Graphviz gives it. Later versions visit subgraphs in that order anyway.

/// The names of the subgraphs met so far; a name's position makes its number.
static struct {
  char **names;
  size_t count;
  size_t capacity;
} subgraphs;

static const IDTYPE subgraph_numbers = (IDTYPE)1 << 62;

static long number_of_name(void *state, int kind, char *name, IDTYPE *number, int creates) {
  if (kind != AGRAPH || name == NULL) return AgIdDisc.map(state, kind, name, number, creates);
  size_t position = 0;
  while (position < subgraphs.count && strcmp(subgraphs.names[position], name) != 0) position += 1;
  if (position == subgraphs.count) {
    if (!creates) return 0;
    if (subgraphs.count == subgraphs.capacity) {
      const size_t capacity = 2 * subgraphs.capacity + 16;
      char **names = realloc(subgraphs.names, capacity * sizeof *names);
      if (names == NULL) return 0;
      subgraphs.names = names;
      subgraphs.capacity = capacity;
    }
    subgraphs.names[position] = strdup(name);
    if (subgraphs.names[position] == NULL) return 0;
    subgraphs.count += 1;
  }
  // Odd like the numbers of unnamed objects: Graphviz takes even ones for addresses.
  *number = subgraph_numbers | ((IDTYPE)position << 1) | 1;
  return 1;
}

static char *name_of_number(void *state, int kind, IDTYPE number) {
  if (kind != AGRAPH || (number & subgraph_numbers) == 0) return AgIdDisc.print(state, kind, number);
  return subgraphs.names[(number & ~subgraph_numbers) >> 1];
}

static void forget_subgraphs(void) {
  for (size_t position = 0; position < subgraphs.count; position += 1) free(subgraphs.names[position]);
  free(subgraphs.names);
  subgraphs.names = NULL;
  subgraphs.count = subgraphs.capacity = 0;
}

/// Hands the next `capacity` bytes at most of the text that `channel` points into to Graphviz's reader.
static int read_text(void *channel, char *buffer, int capacity) {
  const char **rest = channel;
  const size_t length = strnlen(*rest, (size_t)capacity);
  memcpy(buffer, *rest, length);
  *rest += length;
  return (int)length;
}

/// Lays out `dot` into `text`; returns false where Graphviz refused it.
static bool layout(const char *dot, Text *text) {
  bool succeeded = false;
  Agiddisc_t numbering = AgIdDisc;
  // The casts cover versions that declare the same functions with `const char *` or another integer result.
  numbering.map = (__typeof__(numbering.map))number_of_name;
  numbering.print = (__typeof__(numbering.print))name_of_number;
  Agiodisc_t input = AgIoDisc;
  input.afread = read_text;
  Agdisc_t services = AgDefaultDisc;
  services.id = &numbering;
  services.io = &input;
  GVC_t *context = gvContext();
  if (context == NULL) return false;
  // Line numbers in messages go on from the last document otherwise.
  agreadline(1);
  Agraph_t *graph = agread(&dot, &services);
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
  forget_subgraphs();
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
